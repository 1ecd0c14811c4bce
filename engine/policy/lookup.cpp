#include "policy/lookup.hpp"

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
  return connection.target ? files_with_defaults(connection.policy, connection.target->file)
                           : std::vector<const File*>();
}

constexpr Origin of_defaults{.kind = "defaults"};

Origin of_rule(const Rule& rule) { return {.kind = "rule", .name = rule.name, .rule = &rule}; }

const std::optional<std::uint32_t>& decided(const RetrySettings::Attempts& attempts) {
  return attempts.count;
}
template <class T>
const T& decided(const T& value) {
  return value;
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
  if (!rule.identity)
    connection.identity = find_identity(policy, target.identity.value_or("default"));
  return connection;
}

std::string to_text(const Policy& policy, const Origin& origin) {
  if (origin.name.empty())
    return std::string(origin.kind);
  return fmt::format("{} {}", origin.kind,
                     origin.rule ? std::string_view(policy.shown_name(*origin.rule)) : origin.name);
}

Levels::Levels(const Target& target) {
  add({.kind = "target", .name = target.name}, target.connect, target.profiles);
}

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

const OptionSetting* Levels::find(base::OptionId id) const {
  for (const Level& level : levels_)
    if (auto const at = level.settings->find(id); at != level.settings->end())
      return &at->second;
  return nullptr;
}

FoundSettings Levels::all() const {
  FoundSettings all;
  for (const Level& level : levels_)
    for (const auto& [id, setting] : *level.settings)
      all.try_emplace(id, FoundSetting{&setting, level.origin});
  return all;
}

std::optional<std::int64_t> number(const OptionSetting* setting) {
  const std::int64_t* value =
      setting != nullptr ? std::get_if<std::int64_t>(&setting->value) : nullptr;
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

FoundRetry find_retry(const Connection& connection) {
  FoundRetry found;
  if (connection.target)
    found.retry = retry_of_targets();
  if (connection.rule)
    fill_in(found, of_rule(*connection.rule), connection.rule->retry);
  for (const File* file : files_with_defaults(connection))
    fill_in(found, of_defaults, file->retry_defaults);
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

} // namespace nvmf::policy
