// Rules and guards that can never decide: `check` finds them after the policy was loaded.
#pragma once

#include "load/load.hpp"

namespace nvmf::cli {

// Adds the findings of the analysis of a policy that loads, where comments do not accept them.
void add_reachability(load::Loaded& loaded);

} // namespace nvmf::cli
