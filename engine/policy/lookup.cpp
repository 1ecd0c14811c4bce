#include "policy/lookup.hpp"

#include "policy/situations.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

const Identity* find_identity(const Policy& policy, const std::optional<std::string>& name) {
  // An identity that is not there has been reported.
  auto const found = name ? policy.identities.find(*name) : policy.identities.end();
  return found != policy.identities.end() ? &found->second : nullptr;
}

// The file, then the main file.
std::vector<const File*> files_with_defaults(const Policy& policy, std::size_t file) {
  std::vector<const File*> files;
  if (file < policy.files.size())
    files.push_back(&policy.files[file]);
  if (policy.main_file && *policy.main_file != file)
    files.push_back(&policy.files[*policy.main_file]);
  return files;
}

std::vector<const File*> files_with_defaults(const Connection& connection) {
  if (connection.rule)
    return files_with_defaults(connection.policy, connection.rule->file);
  if (connection.target)
    return files_with_defaults(connection.policy, connection.target->file);
  return connection.firmware && connection.policy.main_file
             ? files_with_defaults(connection.policy, *connection.policy.main_file)
             : std::vector<const File*>();
}

constexpr Origin of_defaults{.kind = "defaults"};

Origin of_target(const Target& target) { return {.kind = "target", .name = target.name}; }

Origin of_rule(const Rule& rule) { return {.kind = "rule", .name = rule.name, .rule = &rule}; }

const std::optional<std::uint32_t>& decided(const RetrySettings::Attempts& attempts) {
  return attempts.count;
}
template <class T>
const T& decided(const T& value) {
  return value;
}

// A target or the firmware's path is not given up because of what was said of discovered paths.
RetrySettings without_ends(RetrySettings defaults) {
  defaults.attempts.reset();
  defaults.give_up_after.reset();
  return defaults;
}

// Takes over each key that no level before it has set.
void fill_in(FoundRetry& found, const Origin& origin, const RetrySettings& level) {
  for_each_retry_key([&](std::string_view key, auto said, auto member) {
    if (!(level.*said) || found.places.contains(key))
      return;
    found.retry.*member = decided(*(level.*said));
    auto const place = level.places.find(std::string(key));
    found.places.emplace(
        key, FoundRetry::Place{origin, place != level.places.end() ? place->second : diag::Span()});
  });
}

// The same on all transports that take the option.
bool is_alike(base::OptionId id, const std::map<base::Transport, FoundSetting>& found,
              base::TransportSet transports) {
  const base::OptionValue& first = found.begin()->second.setting->value;
  return std::all_of(base::all_transports.begin(), base::all_transports.end(),
                     [&](base::Transport each) {
                       if (!transports.contains(each) || base::is_left_out(id, each))
                         return true;
                       auto const at = found.find(each);
                       return at != found.end() && at->second.setting->value == first;
                     });
}

} // namespace

Connection connection_of(const Policy& policy, const Rule& rule) {
  return {.policy = policy,
          .rule = &rule,
          .identity = find_identity(policy, rule.identity),
          .subject = rule.action == Action::discover ? base::Subject::discovery_controller
                                                     : base::Subject::io_subsystem};
}

Connection connection_of(const Policy& policy, const Rule& rule, const Target& target) {
  Connection connection = connection_of(policy, rule);
  connection.target = &target;
  if (target.identity || !rule.identity)
    connection.identity = find_identity(policy, target.identity.value_or("default"));
  return connection;
}

base::TransportSet transports_of(const Connection& connection) {
  if (connection.target)
    return {connection.target->transport};
  if (!connection.rule)
    return base::TransportSet::all();
  return transports_in(situations_of(connection.rule->match, connection.rule->applies_to));
}

std::string to_text(const Policy& policy, const Origin& origin) {
  if (origin.name.empty())
    return std::string(origin.kind);
  return fmt::format("{} {}", origin.kind,
                     origin.rule ? std::string_view(policy.shown_name(*origin.rule)) : origin.name);
}

Levels::Levels(const Target& target) { add(of_target(target), target.connect, target.profiles); }

Levels::Levels(const Connection& connection) {
  if (connection.target)
    *this = Levels(*connection.target);
  if (connection.rule)
    add(of_rule(*connection.rule), connection.rule->connect, connection.rule->profiles);
  if (connection.identity)
    add({.kind = "identity", .name = connection.identity->name}, connection.identity->secrets, {});
  for (const File* file : files_with_defaults(connection))
    add(of_defaults,
        connection.subject == base::Subject::discovery_controller ? file->discover_defaults
                                                                  : file->connect_defaults,
        {});
}

void Levels::add(const Origin& origin, const OptionSettings& own,
                 const std::vector<std::shared_ptr<const Profile>>& profiles) {
  levels_.push_back({origin, &own});
  for (const auto& profile : profiles)
    levels_.push_back({{.kind = "profile", .name = profile->name}, &profile->connect});
}

const OptionSetting* Levels::find(base::OptionId id, base::Transport transport) const {
  for (const Level& level : levels_)
    if (const OptionSetting* setting = setting_on(*level.settings, id, transport))
      return setting;
  return nullptr;
}

FoundOptions Levels::on(base::Transport transport) const {
  FoundOptions found;
  for (const Level& level : levels_)
    for (const auto& [key, setting] : *level.settings)
      if (!key.only || *key.only == transport)
        found.try_emplace(
            key.option,
            FoundSetting{setting_on(*level.settings, key.option, transport), level.origin});
  return found;
}

FoundSettings Levels::on(base::TransportSet transports) const {
  std::map<base::OptionId, std::map<base::Transport, FoundSetting>> by_option;
  for (base::Transport const each : base::all_transports)
    if (transports.contains(each))
      for (const auto& [id, found] : on(each))
        by_option[id].emplace(each, found);
  FoundSettings all;
  for (const auto& [id, found] : by_option) {
    if (is_alike(id, found, transports)) {
      all.emplace(id, found.begin()->second);
      continue;
    }
    for (const auto& [transport, one] : found)
      if (!base::is_left_out(id, transport))
        all.emplace(OptionKey(id, transport), one);
  }
  return all;
}

std::optional<std::int64_t> number(const OptionSetting* setting) {
  const std::int64_t* value =
      setting != nullptr ? std::get_if<std::int64_t>(&setting->value) : nullptr;
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

FoundRetry find_retry(const Connection& connection) {
  FoundRetry found;
  bool const is_named = connection.target || connection.firmware;
  if (is_named)
    found.retry = retry_of_targets();
  if (connection.target)
    fill_in(found, of_target(*connection.target), connection.target->retry);
  if (connection.rule)
    fill_in(found, of_rule(*connection.rule), connection.rule->retry);
  for (const File* file : files_with_defaults(connection))
    fill_in(found, of_defaults,
            is_named ? without_ends(file->retry_defaults) : file->retry_defaults);
  return found;
}

FoundRetry find_retry(const Policy& policy, std::size_t file) {
  FoundRetry found;
  for (const File* each : files_with_defaults(policy, file))
    fill_in(found, of_defaults, each->retry_defaults);
  return found;
}

Persistent find_persistent(const Connection& connection, base::Transport transport) {
  if (connection.target && connection.target->persistent)
    return *connection.target->persistent;
  if (connection.rule && connection.rule->persistent)
    return *connection.rule->persistent;
  return kept_by_default.contains(transport) ? Persistent::yes : Persistent::no;
}

base::Duration find_poll(const Connection& connection, base::Transport transport) {
  if (connection.target && connection.target->poll)
    return *connection.target->poll;
  if (connection.rule && connection.rule->poll)
    return *connection.rule->poll;
  bool const is_ip = transport == base::Transport::tcp || transport == base::Transport::rdma;
  return is_ip ? usual_poll : base::infinite_duration;
}

} // namespace nvmf::policy
