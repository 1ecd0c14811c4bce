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

} // namespace

const OptionSetting* find_setting(const std::vector<const OptionSettings*>& levels,
                                  base::OptionId id) {
  for (const OptionSettings* level : levels)
    if (auto const at = level->find(id); at != level->end())
      return &at->second;
  return nullptr;
}

RetrySettings merged_retry(const Policy& policy, std::size_t file, const Rule* rule) {
  RetrySettings merged = rule != nullptr ? rule->retry : RetrySettings{};
  take_all(merged, policy.files[file].retry_defaults);
  if (policy.main_file && *policy.main_file != file)
    take_all(merged, policy.files[*policy.main_file].retry_defaults);
  return merged;
}

} // namespace nvmf::policy
