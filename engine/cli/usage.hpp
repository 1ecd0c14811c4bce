// What is said when a command line cannot be understood.
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

// The value of an option that takes one of some words; says so and names the nearest otherwise.
// True if `value` is one of `words`.
bool is_one_of(std::string_view value, const std::vector<std::string>& words);

// "`human`, `short` or `json`".
std::string alternatives(const std::vector<std::string>& words);

// "`--format` is `human` or `json`, not `yaml`", with the nearest word as help.
UsageError not_one_of(std::string_view option, std::string_view value,
                      const std::vector<std::string>& words);

} // namespace nvmf::cli
