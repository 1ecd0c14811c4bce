// Whether one rule ever decides.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/reachability.hpp"

#include <cstddef>
#include <vector>

namespace nvmf::analyze {

// `index` is the rule's among the deciders of `policy`. The settings decide whether what covers it
// decides differently.
RuleReach reach_of(std::size_t index, const CompiledPolicy& policy, Solver& solver);

} // namespace nvmf::analyze
