#include "analyze/settings.hpp"

#include "base/connect_option.hpp"
#include "policy/lookup.hpp"
#include "policy/words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

using base::OptionId;

constexpr std::string_view hostnqn_file = "/etc/nvme/hostnqn";
constexpr std::string_view hostid_file = "/etc/nvme/hostid";
constexpr std::string_view of_one_transport = " on ";

// `ctrl-loss-tmo on tcp`: a setting of one transport.
std::string name_on(std::string_view name, base::Transport transport) {
  return fmt::format("{}{}{}", name, of_one_transport, to_string(transport));
}

// A rule, and the target that it accepts where one is meant.
struct SettingsSubject {
  const policy::Policy& policy;
  const policy::Rule& rule;
  const policy::Target* target = nullptr;
};

// A rule that inherits its identity is compared as `default`.
policy::Connection connection_of(const SettingsSubject& subject) {
  if (subject.target)
    return policy::connection_of(subject.policy, subject.rule, *subject.target);
  policy::Connection connection = policy::connection_of(subject.policy, subject.rule);
  auto const fallback = subject.policy.identities.find("default");
  if (!subject.rule.identity && fallback != subject.policy.identities.end())
    connection.identity = &fallback->second;
  return connection;
}

void add_options(const SettingsSubject& subject, Settings& settings) {
  policy::Connection const connection = connection_of(subject);
  for (const auto& [key, found] :
       policy::Levels(connection).on(policy::transports_of(connection))) {
    bool const left_out =
        subject.target && base::is_left_out(key.option, subject.target->transport);
    const base::OptionValue& value = found.setting->value;
    std::string_view const name = base::connect_option(key.option).name;
    if (!left_out && !std::holds_alternative<base::KernelDefault>(value))
      settings.emplace(key.only ? name_on(name, *key.only) : std::string(name),
                       base::to_policy_text(key.option, value));
  }
}

std::string shown(const std::optional<policy::TextOrFile>& text, std::string_view usual_file) {
  if (!text)
    return fmt::format("file {}", usual_file);
  return text->is_file ? fmt::format("file {}", text->text) : text->text;
}

void add_identity(const SettingsSubject& subject, Settings& settings) {
  const policy::Identity* identity = connection_of(subject).identity;
  std::string_view const inherited =
      subject.rule.identity || subject.target ? "" : "inherited, else ";
  auto const add = [&](std::string key, const std::optional<policy::TextOrFile>& text,
                       std::string_view file) {
    settings.emplace(std::move(key), fmt::format("{}{}", inherited, shown(text, file)));
  };
  add("hostnqn", identity ? identity->hostnqn : std::nullopt, hostnqn_file);
  add("hostid", identity ? identity->hostid : std::nullopt, hostid_file);
}

// An unset key has LANGUAGE's default, as if it were written; but a rule may decide targets and
// discovered paths, which differ in the time to give up.
void add_retry(const SettingsSubject& subject, Settings& settings) {
  policy::FoundRetry const found = policy::find_retry(connection_of(subject));
  auto const usual =
      policy::retry_texts(subject.target ? policy::retry_of_targets() : policy::Retry());
  auto const texts = policy::retry_texts(found.retry);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto const& [key, text] = texts[i];
    bool const departs = key == "give-up-after" && !subject.target ? found.places.contains(key)
                                                                   : texts[i] != usual[i];
    if (departs)
      settings.emplace(fmt::format("retry {}", key), text);
  }
}

void erase_usual_keep_alive(Settings& settings, const std::string& name) {
  auto const found = settings.find(name);
  if (found != settings.end() &&
      found->second == base::to_policy_text(OptionId::keep_alive_tmo, policy::keep_alive_when_kept))
    settings.erase(found);
}

// Only what departs from LANGUAGE's defaults for discovery controllers (persistent on tcp and rdma,
// not on fc and loop; a persistent one kept alive for 30s) on the transports in question: saying
// them is the same as leaving them out.
void add_persistence(const SettingsSubject& subject, Settings& settings) {
  using policy::Persistent;
  const policy::Rule& rule = subject.rule;
  auto const transports = policy::transports_of(connection_of(subject));
  auto const said =
      subject.target && subject.target->persistent ? subject.target->persistent : rule.persistent;
  bool const ip = !(transports & policy::kept_by_default).empty();
  bool const other = (transports & policy::kept_by_default) != transports;
  bool const usual = (said == Persistent::yes && !other) || (said == Persistent::no && !ip);
  if (said && !usual)
    settings.emplace("persistent", policy::to_string(*said));
  auto const kept_on = [&](base::Transport each) {
    return said ? said == Persistent::yes : policy::kept_by_default.contains(each);
  };
  bool everywhere = true;
  for (base::Transport const each : base::all_transports) {
    if (!transports.contains(each))
      continue;
    everywhere = everywhere && kept_on(each);
    if (kept_on(each))
      erase_usual_keep_alive(settings, name_on("keep-alive-tmo", each));
  }
  if (everywhere)
    erase_usual_keep_alive(settings, "keep-alive-tmo");
}

policy::HostSide host_side_of(const SettingsSubject& subject) {
  return subject.target ? subject.target->host_side.value_or(subject.rule.host_side)
                        : subject.rule.host_side;
}

// A target keeps the host side that it names, and without one `inherit` and `any` leave it to the
// kernel; on fc it has every host port.
bool has_host_side(const SettingsSubject& subject) {
  policy::HostSide const side = host_side_of(subject);
  if (!subject.target)
    return side != policy::HostSide::inherit;
  const policy::Target& target = *subject.target;
  bool const ip =
      target.transport == base::Transport::tcp || target.transport == base::Transport::rdma;
  return ip && side == policy::HostSide::same_subnet &&
         !std::all_of(target.endpoints.begin(), target.endpoints.end(),
                      [](const auto& endpoint) { return endpoint.names_host_side(); });
}

Settings all_settings(const SettingsSubject& subject) {
  const policy::Rule& rule = subject.rule;
  Settings settings;
  if (rule.action == policy::Action::ignore)
    return settings;
  add_options(subject, settings);
  add_identity(subject, settings);
  add_retry(subject, settings);
  // Of a discovery controller only its target says one.
  bool const may_have_host_side = rule.action == policy::Action::connect || subject.target;
  if (may_have_host_side && has_host_side(subject))
    settings.emplace("host-side", policy::to_string(host_side_of(subject)));
  if (rule.action == policy::Action::discover) {
    add_persistence(subject, settings);
    auto const poll = subject.target && subject.target->poll ? subject.target->poll : rule.poll;
    if (poll)
      settings.emplace("poll", policy::poll_text(*poll));
    bool const follows = subject.target && subject.target->follow_referrals
                             ? *subject.target->follow_referrals
                             : rule.follow_referrals;
    if (!follows)
      settings.emplace("referrals", "ignore");
    return settings;
  }
  bool const can_be_probed = !subject.target || subject.target->transport == base::Transport::tcp;
  bool const probed = subject.target && subject.target->probe ? *subject.target->probe : rule.probe;
  if (!probed && can_be_probed)
    settings.emplace("probe", "false");
  auto const expected = subject.target && subject.target->expect_paths
                            ? subject.target->expect_paths
                            : rule.expect_paths;
  if (expected)
    settings.emplace("expect-paths", std::to_string(*expected));
  return settings;
}

std::string text_of(const Settings& settings, const std::string& name) {
  auto const found = settings.find(name);
  return found == settings.end() ? std::string() : found->second;
}

// The setting has other values on other transports.
bool is_split(const Settings& settings, const std::string& name) {
  std::string const beginning = name + std::string(of_one_transport);
  auto const at = settings.lower_bound(beginning);
  return at != settings.end() && at->first.starts_with(beginning);
}

std::string text_on(const Settings& settings, const std::string& name, base::Transport transport) {
  return text_of(settings, is_split(settings, name) ? name_on(name, transport) : name);
}

// Where the name of a setting of one transport ends; its end if it is of all.
std::size_t end_of_bare_name(std::string_view name) {
  return std::min(name.rfind(of_one_transport), name.size());
}

std::optional<base::Transport> transport_in(std::string_view name) {
  std::size_t const end = end_of_bare_name(name);
  if (end == name.size())
    return std::nullopt;
  std::string_view const word = name.substr(end + of_one_transport.size());
  for (base::Transport const each : base::all_transports)
    if (word == to_string(each))
      return each;
  return std::nullopt;
}

// All names, those of one transport without it; those of `after` alone come last.
std::vector<std::string> names_in(const Settings& before, const Settings& after) {
  std::vector<std::string> names;
  for (const Settings* settings : {&before, &after})
    for (const auto& [name, text] : *settings) {
      std::string bare = name.substr(0, end_of_bare_name(name));
      if (std::find(names.begin(), names.end(), bare) == names.end())
        names.push_back(std::move(bare));
    }
  return names;
}

} // namespace

Settings options_of(const policy::Policy& policy, const policy::Rule& rule) {
  Settings settings;
  if (rule.action != policy::Action::ignore)
    add_options({policy, rule}, settings);
  return settings;
}

Settings settings_of(const policy::Policy& policy, const policy::Rule& rule) {
  return all_settings({policy, rule});
}

Settings settings_of(const policy::Policy& policy, const policy::Rule& rule,
                     const policy::Target& target) {
  return all_settings({policy, rule, &target});
}

std::vector<SettingChange> changes(const Settings& before, const Settings& after,
                                   base::TransportSet transports) {
  std::vector<SettingChange> result;
  auto const add = [&](const std::string& shown, const std::string& old_text,
                       const std::string& new_text) {
    if (old_text != new_text)
      result.push_back({shown, old_text, new_text});
  };
  for (const std::string& name : names_in(before, after)) {
    if (!is_split(before, name) && !is_split(after, name)) {
      add(name, text_of(before, name), text_of(after, name));
      continue;
    }
    for (base::Transport const each : base::all_transports)
      if (transports.contains(each))
        add(name_on(name, each), text_on(before, name, each), text_on(after, name, each));
  }
  return result;
}

base::TransportSet transports_of(const std::vector<SettingChange>& changes) {
  base::TransportSet transports;
  for (const SettingChange& change : changes) {
    auto const of_one = transport_in(change.name);
    if (!of_one)
      return base::TransportSet::all();
    transports.insert(*of_one);
  }
  return transports;
}

} // namespace nvmf::analyze
