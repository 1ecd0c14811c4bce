#include "cli/shown_settings.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

std::string to_text(const ShownSetting& setting) {
  std::string text = fmt::format("{}: {}", setting.name, setting.value);
  return setting.only ? fmt::format("{}: {{{}}}", to_string(*setting.only), text) : text;
}

std::vector<ShownSetting> shown_settings(const policy::OptionSettings& settings,
                                         const std::string& origin) {
  std::vector<ShownSetting> shown;
  for (const auto& [key, setting] : settings)
    shown.push_back({base::connect_option(key.option).name, key.only,
                     to_policy_text(key.option, setting.value), origin, setting.span});
  return shown;
}

std::vector<ShownSetting> shown_options(const policy::Connection& connection) {
  std::vector<ShownSetting> shown;
  for (const auto& [key, found] :
       policy::Levels(connection).on(policy::transports_of(connection))) {
    if (connection.target && base::is_left_out(key.option, connection.target->transport))
      continue;
    shown.push_back({base::connect_option(key.option).name, key.only,
                     to_policy_text(key.option, found.setting->value),
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
      shown.push_back({key, std::nullopt, std::move(text), "built-in", {}});
    else
      shown.push_back({key, std::nullopt, std::move(text),
                       policy::to_text(connection.policy, place->second.origin),
                       place->second.span});
  }
  return shown;
}

} // namespace nvmf::cli
