#include "policy/policy.hpp"

#include <algorithm>

namespace nvmf::policy {

namespace {

template <class T>
const std::string& shown(const std::vector<T>& all, const T& one) {
  auto const count =
      std::count_if(all.begin(), all.end(), [&](const T& other) { return other.name == one.name; });
  return count > 1 ? one.full_name : one.name;
}

} // namespace

const OptionSetting* setting_on(const OptionSettings& settings, base::OptionId option,
                                base::Transport transport) {
  auto at = settings.find({option, transport});
  if (at == settings.end())
    at = settings.find(option);
  return at != settings.end() ? &at->second : nullptr;
}

const std::string& Policy::shown_name(const Rule& rule) const { return shown(rules, rule); }

const std::string& Policy::shown_name(const Guard& guard) const { return shown(guards, guard); }

const Target* Policy::find_target(std::string_view name) const {
  auto const found = std::find_if(targets.begin(), targets.end(),
                                  [&](const Target& each) { return each.name == name; });
  return found == targets.end() ? nullptr : &*found;
}

bool Policy::has_host_names() const {
  return std::any_of(targets.begin(), targets.end(), [](const Target& target) {
    return std::any_of(target.endpoints.begin(), target.endpoints.end(),
                       [](const TargetEndpoint& each) { return !each.host_name.empty(); });
  });
}

} // namespace nvmf::policy
