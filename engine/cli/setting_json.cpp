#include "cli/setting_json.hpp"

#include "base/connect_option.hpp"
#include "base/duration.hpp"
#include "policy/key_table.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using SettingJson = nlohmann::ordered_json;
using policy::Section;
using policy::ValueType;

const policy::Key* key_of_setting(std::string_view name) {
  for (Section const section : {Section::retry, Section::boot, Section::limits, Section::rule})
    if (const policy::Key* key = policy::find_key(section, name))
      return key;
  return nullptr;
}

bool is_time(const policy::Key& key) {
  return key.type == ValueType::duration || key.type == ValueType::seconds ||
         key.type == ValueType::poll;
}

// Numbers and flags as JSON has them; everything else is text.
SettingJson plain_value(const std::string& text) {
  SettingJson value = SettingJson::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : SettingJson(text);
}

// `{credential: NAME}`
SettingJson secret_value(const std::string& text) {
  auto const colon = text.find(": ");
  if (colon == std::string::npos || !text.starts_with('{') || !text.ends_with('}'))
    return text;
  return {{text.substr(1, colon - 1), text.substr(colon + 2, text.size() - colon - 3)}};
}

SettingJson seconds_value(const std::string& text) {
  if (text == "infinity")
    return -1;
  auto const duration = base::parse_duration(text);
  if (!duration)
    return text;
  return std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
}

} // namespace

SettingJson option_value_json(std::string_view name, const std::string& text) {
  if (text == "null")
    return nullptr;
  const base::ConnectOption* const option = base::find_connect_option(name);
  if (!option)
    return text;
  switch (option->kind) {
  case base::OptionKind::seconds:
    return seconds_value(text);
  case base::OptionKind::count:
  case base::OptionKind::flag:
    return plain_value(text);
  case base::OptionKind::keyring:
    return text;
  case base::OptionKind::secret:
    return secret_value(text);
  }
  return text;
}

std::string setting_key(std::string_view name) {
  const policy::Key* const key = key_of_setting(name);
  std::string spelt(name);
  if (key && is_time(*key))
    return spelt + "-ms";
  return key && key->type == ValueType::percent ? spelt + "-percent" : spelt;
}

SettingJson setting_value_json(std::string_view name, const std::string& text) {
  const policy::Key* const key = key_of_setting(name);
  if (!key)
    return text;
  if (is_time(*key)) {
    auto const duration = base::parse_duration(text);
    return duration && *duration != base::infinite_duration ? SettingJson(duration->count())
                                                            : SettingJson();
  }
  switch (key->type) {
  case ValueType::percent:
    return plain_value(text.substr(0, text.find('%')));
  case ValueType::attempts:
    return text == "unlimited" ? SettingJson() : plain_value(text);
  case ValueType::boolean:
  case ValueType::count:
  case ValueType::factor:
    return plain_value(text);
  default:
    return text;
  }
}

} // namespace nvmf::cli
