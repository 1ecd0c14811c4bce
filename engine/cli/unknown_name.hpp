// A word given to `resume`, `cancel` or `disconnect` that is the name of no path.
#pragma once

#include "cli/globals.hpp"
#include "execute/state.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

// Says so on standard error, with the next step: the name that was nearly met, or the command that
// says more. `ask` is the command that would ask for a target of the policy that has no request
// yet; empty: the command does not ask for things.
void complain_about_unknown_name(const Globals& globals, const std::vector<execute::State>& states,
                                 const std::string& name, std::string_view ask);

} // namespace nvmf::cli
