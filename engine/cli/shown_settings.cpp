#include "cli/shown_settings.hpp"

namespace nvmf::cli {

std::vector<ShownSetting> shown_settings(const policy::OptionSettings& settings,
                                         const std::string& origin) {
  std::vector<ShownSetting> shown;
  for (const auto& [id, setting] : settings)
    shown.push_back(
        {base::connect_option(id).name, to_policy_text(id, setting.value), origin, setting.span});
  return shown;
}

std::vector<ShownSetting> shown_options(const policy::Connection& connection) {
  std::vector<ShownSetting> shown;
  for (const auto& [id, found] : policy::Levels(connection).all()) {
    if (connection.target && base::is_left_out(id, connection.target->endpoint.transport))
      continue;
    shown.push_back({base::connect_option(id).name, to_policy_text(id, found.setting->value),
                     policy::to_text(connection.policy, found.origin), found.setting->span});
  }
  return shown;
}

std::vector<ShownSetting> shown_retry(const policy::Connection& connection) {
  const policy::FoundRetry found = policy::find_retry(connection);
  std::vector<ShownSetting> shown;
  for (auto& [key, text] : policy::retry_texts(found.retry)) {
    const auto place = found.places.find(key);
    if (place == found.places.end())
      shown.push_back({key, std::move(text), "built-in", {}});
    else
      shown.push_back({key, std::move(text),
                       policy::to_text(connection.policy, place->second.origin),
                       place->second.span});
  }
  return shown;
}

} // namespace nvmf::cli
