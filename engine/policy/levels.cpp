#include "policy/levels.hpp"

namespace nvmf::policy {

namespace {

template <class T>
void take(std::optional<T>& into, const std::optional<T>& from) {
  if (!into)
    into = from;
}

void take_all(RetrySettings& into, const RetrySettings& from) {
  take(into.attempts, from.attempts);
  take(into.first_delay, from.first_delay);
  take(into.factor, from.factor);
  take(into.max_delay, from.max_delay);
  take(into.jitter_percent, from.jitter_percent);
  take(into.give_up_after, from.give_up_after);
  take(into.slow_delay, from.slow_delay);
  into.places.insert(from.places.begin(), from.places.end());
}

// The rule's levels, with the secrets of its identity or, where it names none, of `inherited`.
std::vector<const OptionSettings*> levels_with(const Policy& policy, const Rule& rule,
                                               const std::optional<std::string>& inherited) {
  std::vector<const OptionSettings*> levels{&rule.connect};
  for (const auto& profile : rule.profiles)
    levels.push_back(&profile->connect);
  const auto& identity = rule.identity ? rule.identity : inherited;
  // An identity that is not there has been reported.
  if (auto const at = identity ? policy.identities.find(*identity) : policy.identities.end();
      at != policy.identities.end())
    levels.push_back(&at->second.secrets);
  auto const defaults = [&](const File& file) {
    return rule.action == Action::discover ? &file.discover_defaults : &file.connect_defaults;
  };
  levels.push_back(defaults(policy.files[rule.file]));
  if (policy.main_file && *policy.main_file != rule.file)
    levels.push_back(defaults(policy.files[*policy.main_file]));
  return levels;
}

} // namespace

std::vector<const OptionSettings*> levels_of(const Policy& policy, const Rule& rule) {
  return levels_with(policy, rule, std::nullopt);
}

std::vector<const OptionSettings*> own_levels(const Target& target) {
  std::vector<const OptionSettings*> levels{&target.connect};
  for (const auto& profile : target.profiles)
    levels.push_back(&profile->connect);
  return levels;
}

std::vector<const OptionSettings*> levels_of(const Policy& policy, const Target& target,
                                             const Rule& rule) {
  std::vector<const OptionSettings*> levels = own_levels(target);
  auto const outer = levels_with(policy, rule, target.identity.value_or("default"));
  levels.insert(levels.end(), outer.begin(), outer.end());
  return levels;
}

const OptionSetting* find_setting(const std::vector<const OptionSettings*>& levels,
                                  base::OptionId id) {
  for (const OptionSettings* level : levels)
    if (auto const at = level->find(id); at != level->end())
      return &at->second;
  return nullptr;
}

std::optional<std::int64_t> number(const OptionSetting* setting) {
  const std::int64_t* value =
      setting != nullptr ? std::get_if<std::int64_t>(&setting->value) : nullptr;
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

RetrySettings merged_retry(const Policy& policy, std::size_t file, const Rule* rule) {
  RetrySettings merged = rule != nullptr ? rule->retry : RetrySettings{};
  take_all(merged, policy.files[file].retry_defaults);
  if (policy.main_file && *policy.main_file != file)
    take_all(merged, policy.files[*policy.main_file].retry_defaults);
  return merged;
}

} // namespace nvmf::policy
