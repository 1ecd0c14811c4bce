// Settings of a policy in JSON: one spelling of names and values in the output of every command,
// that of plans. A connect option has the kernel's value (`-1`, seconds), a time is a number of
// milliseconds and its name ends in `-ms`, a percentage's name ends in `-percent`; null is never,
// unlimited, or left to the kernel.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace nvmf::cli {

// A connect option's value; `text` is as a policy writes it, `null` included.
nlohmann::ordered_json option_value_json(std::string_view name, const std::string& text);

// The key of a setting and its value, `text` again as a policy writes it: of a key of `retry`,
// `boot`, `limits` or a rule. A text that its key does not explain stays text.
std::string setting_key(std::string_view name);
nlohmann::ordered_json setting_value_json(std::string_view name, const std::string& text);

} // namespace nvmf::cli
