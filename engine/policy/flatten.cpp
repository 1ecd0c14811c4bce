#include "policy/flatten.hpp"

#include "policy/levels.hpp"
#include "policy/situations.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace nvmf::policy {

namespace {

// Gives every thing a name of its own: its bare one while it is unique.
class Names {
public:
  explicit Names(const Policy& policy) : policy_(policy) {}

  void reserve(const std::string& name) { ++wanted_[name]; }

  std::string give(const std::string& name, std::size_t file) {
    std::string base =
        wanted_[name] > 1 ? fmt::format("{}-{}", policy_.files[file].name, name) : name;
    std::string result = base;
    for (int i = 2; !given_.insert(result).second; ++i)
      result = fmt::format("{}-{}", base, i);
    return result;
  }

private:
  const Policy& policy_;
  std::map<std::string, int> wanted_;
  std::set<std::string> given_;
};

class Flattener {
public:
  explicit Flattener(const Policy& policy) : policy_(policy) {}

  FlatPolicy run() {
    if (policy_.main_file)
      flat_.defaults = policy_.files[*policy_.main_file];
    flat_.boot = policy_.boot;
    flat_.limits = policy_.limits;
    take_identities();
    choose_default_secrets();
    name_definitions();
    name_rules();
    for (const Target& target : policy_.targets)
      flat_.targets.push_back({target, profile_names(target.profiles)});
    for (std::size_t i = 0; i < policy_.guards.size(); ++i)
      add_guard(policy_.guards[i], guard_names_[i]);
    for (std::size_t i = 0; i < policy_.rules.size(); ++i)
      add_rule(policy_.rules[i], rule_names_[i]);
    return std::move(flat_);
  }

private:
  // The built-in default identity stays unsaid.
  void take_identities() {
    for (const auto& [name, identity] : policy_.identities)
      if (name != "default" || identity.span.source)
        flat_.identities.push_back(identity);
  }

  void name_definitions() {
    Names sets(policy_);
    for (const auto& set : policy_.sets)
      sets.reserve(set->name);
    for (const auto& set : policy_.sets) {
      std::string name = sets.give(set->name, set->file);
      set_names_[set.get()] = name;
      flat_.sets.emplace_back(std::move(name), set);
    }
    Names profiles(policy_);
    for (const auto& profile : policy_.profiles)
      profiles.reserve(profile->name);
    for (const auto& profile : policy_.profiles) {
      std::string name = profiles.give(profile->name, profile->file);
      profile_names_[profile.get()] = name;
      flat_.profiles.emplace_back(std::move(name), profile);
    }
  }

  void name_rules() {
    Names rules(policy_);
    Names guards(policy_);
    for (const Target& target : policy_.targets) {
      rules.reserve(target.name); // `source` names both
      target_names_.insert(target.name);
    }
    for (const Rule& rule : policy_.rules)
      rules.reserve(rule.name);
    for (const Rule& rule : policy_.rules) {
      rule_names_.push_back(rules.give(rule.name, rule.file));
      source_names_[rule.full_name] = rule_names_.back();
    }
    for (const Guard& guard : policy_.guards)
      guards.reserve(guard.name);
    for (const Guard& guard : policy_.guards)
      guard_names_.push_back(guards.give(guard.name, guard.file));
  }

  std::vector<std::string>
  profile_names(const std::vector<std::shared_ptr<const Profile>>& profiles) const {
    std::vector<std::string> names;
    for (const auto& profile : profiles)
      names.push_back(profile_names_.at(profile.get()));
    return names;
  }

  FlatClause clause(const Clause& from) const {
    FlatClause flat{.key = from.key, .udev_property = from.udev_property};
    if (from.key == MatchKey::source)
      flat.values = sources(from.values);
    else
      flat.values = from.values;
    for (const auto& set : from.sets)
      flat.sets.push_back(set_names_.at(set.get()));
    return flat;
  }

  // Rules stand there by both of their names; targets by their one.
  std::vector<Pattern> sources(const std::vector<Pattern>& from) const {
    std::vector<Pattern> values;
    for (const Pattern& pattern : from) {
      const std::string& name = std::get<std::string>(pattern);
      if (auto const rule = source_names_.find(name); rule != source_names_.end())
        values.emplace_back(rule->second);
      else if (target_names_.contains(name))
        values.emplace_back(name);
    }
    return values;
  }

  static bool is_empty(const FlatClause& clause) {
    return clause.values.empty() && clause.sets.empty();
  }

  FlatMatch match(const Match& from) const {
    FlatMatch flat{.any = from.any};
    for (const Clause& each : from.all)
      flat.all.push_back(clause(each));
    for (const Clause& each : from.none)
      if (FlatClause one = clause(each); !is_empty(one))
        flat.none.push_back(std::move(one));
    // What was excepted does not exist any more.
    if (flat.all.empty() && flat.none.empty())
      flat.any = true;
    return flat;
  }

  static bool can_hold(const FlatMatch& match) {
    return std::none_of(match.all.begin(), match.all.end(), is_empty);
  }

  void add_guard(const Guard& guard, const std::string& name) {
    FlatGuard flat{.name = name, .guard = &guard, .match = match(guard.match)};
    if (can_hold(flat.match))
      flat_.guards.push_back(std::move(flat));
  }

  void add_rule(const Rule& rule, const std::string& name) {
    FlatRule flat{.name = name,
                  .rule = &rule,
                  .match = match(rule.match),
                  .profiles = profile_names(rule.profiles),
                  .connect = rule.connect,
                  .retry = rule.retry};
    if (!can_hold(flat.match))
      return;
    bool const has_own_defaults = policy_.main_file != rule.file;
    if (has_own_defaults && rule.action != Action::ignore) {
      add_defaults(rule, flat.connect);
      flat.retry = merged_retry(policy_, rule.file, &rule);
    }
    if (rule.action != Action::ignore)
      add_default_secrets(rule, flat);
    flat_.rules.push_back(std::move(flat));
  }

  void add_defaults(const Rule& rule, OptionSettings& connect) const {
    for (const auto& [id, setting] : defaults_in(policy_.files[rule.file], rule.action))
      if (!is_secret(id) && acts(rule, id) && !is_set_above_defaults(rule, id))
        connect.emplace(id, setting);
  }

  static bool is_secret(base::OptionId id) {
    return base::connect_option(id).kind == base::OptionKind::secret;
  }

  static bool acts(const Rule& rule, base::OptionId id) {
    base::TransportSet const transports = transports_in(situations_of(rule.match, rule.speaks_of));
    return !(base::connect_option(id).transports & transports).empty();
  }

  static const OptionSettings& defaults_in(const File& file, Action action) {
    return action == Action::discover ? file.discover_defaults : file.connect_defaults;
  }

  // What the defaults of the rule's file, else of the main file, say; null: nothing.
  const OptionSetting* default_of(const Rule& rule, base::OptionId id) const {
    std::vector<const OptionSettings*> levels{&defaults_in(policy_.files[rule.file], rule.action)};
    if (policy_.main_file)
      levels.push_back(&defaults_in(policy_.files[*policy_.main_file], rule.action));
    return find_setting(levels, id);
  }

  // An identity that the rule may inherit has the secret; then it comes before the defaults.
  bool may_inherit(const Rule& rule, base::OptionId id) const {
    return !rule.identity &&
           std::any_of(policy_.identities.begin(), policy_.identities.end(),
                       [&](const auto& entry) { return entry.second.secrets.contains(id); });
  }

  static bool same(const OptionSetting* a, const OptionSetting* b) {
    return a != nullptr && b != nullptr ? a->value == b->value : a == b;
  }

  // The defaults of the whole: what all rules that rank it below an inherited identity agree on.
  void choose_default_secrets() {
    for (Action const action : {Action::discover, Action::connect})
      for (const base::ConnectOption& option : base::connect_options())
        if (is_secret(option.id))
          choose_default(action, option.id);
  }

  void choose_default(Action action, base::OptionId id) {
    std::vector<const OptionSetting*> wanted;
    for (const Rule& rule : policy_.rules)
      if (rule.action == action && acts(rule, id) && may_inherit(rule, id) &&
          !is_set_above_defaults(rule, id))
        wanted.push_back(default_of(rule, id));
    bool const agreed =
        !wanted.empty() && std::all_of(wanted.begin(), wanted.end(),
                                       [&](auto* each) { return same(each, wanted.front()); });
    if (!agreed)
      return;
    OptionSettings& defaults = action == Action::discover ? flat_.defaults.discover_defaults
                                                          : flat_.defaults.connect_defaults;
    defaults.erase(id);
    if (wanted.front() != nullptr)
      defaults.emplace(id, *wanted.front());
  }

  // What the rule's own defaults say otherwise than those of the whole.
  void add_default_secrets(const Rule& rule, FlatRule& flat) const {
    const OptionSettings& whole = defaults_in(flat_.defaults, rule.action);
    for (const base::ConnectOption& option : base::connect_options()) {
      base::OptionId const id = option.id;
      if (!is_secret(id) || !acts(rule, id) || is_set_above_defaults(rule, id))
        continue;
      const OptionSetting* own = default_of(rule, id);
      if (same(own, find_setting({&whole}, id)))
        continue;
      flat.connect.emplace(id, own != nullptr ? *own : OptionSetting{base::KernelDefault{}, {}});
      if (may_inherit(rule, id))
        flat.raised.push_back(id);
    }
  }

  bool is_set_above_defaults(const Rule& rule, base::OptionId id) const {
    if (rule.connect.contains(id))
      return true;
    if (rule.identity && policy_.identities.at(*rule.identity).secrets.contains(id))
      return true;
    return std::any_of(rule.profiles.begin(), rule.profiles.end(),
                       [&](const auto& profile) { return profile->connect.contains(id); });
  }

  const Policy& policy_;
  FlatPolicy flat_;
  std::map<const Set*, std::string> set_names_;
  std::map<const Profile*, std::string> profile_names_;
  std::vector<std::string> rule_names_;
  std::vector<std::string> guard_names_;
  std::map<std::string, std::string> source_names_;
  std::set<std::string> target_names_;
};

} // namespace

FlatPolicy flatten(const Policy& policy) { return Flattener(policy).run(); }

} // namespace nvmf::policy
