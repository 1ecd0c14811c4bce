// Paths that `resume`, `cancel` and `disconnect` take by name, and how they are told about.
#pragma once

#include "cli/usage.hpp"
#include "execute/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// `nqn.2014-08.com.example:vol7  10.20.1.21:4420`, or `discovery  10.20.1.10:8009`.
std::string named_path_text(const execute::PathRecord& path);
// The same, with its state: `…  was waiting: Connection refused`.
std::string former_path_text(const execute::PathRecord& path);

// A word that is the name of several things; none: each has one meaning or none.
std::optional<UsageError> several_meanings(const std::vector<execute::State>& states,
                                           const std::vector<std::string>& names);

} // namespace nvmf::cli
