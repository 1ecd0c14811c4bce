// The messages for a command line that cannot be understood.
#pragma once

#include "cli/exit_code.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

struct UsageError {
  std::string message;
  std::string help; // "did you mean `--event`?"; empty: none
};

// Says it on standard error, with where the help is to be found. `command` may be empty.
// Returns ExitCode::usage.
ExitCode usage_error(std::string_view command, const UsageError& error);
ExitCode usage_error(std::string_view command, std::string_view message);

bool is_one_of(std::string_view value, const std::vector<std::string>& words);

// "`human`, `short` or `json`".
std::string alternatives(const std::vector<std::string>& words);

// "is `human` or `json`, not `yaml`", with the nearest word in a second line. Follows an option's
// name.
std::string not_one_of(std::string_view value, const std::vector<std::string>& words);

// How to name a finding instead: "did you mean `NVP203`?", or what lists them.
std::string help_with_code(std::string_view word);

} // namespace nvmf::cli
