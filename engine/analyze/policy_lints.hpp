// What is said about a policy as a whole: guards that nothing needs, logs that are read for
// nothing, targets that nobody wants.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/reachability.hpp"

#include <vector>

namespace nvmf::analyze {

// NVP408: without any guard no rule would connect or discover what this one denies.
void report_dead_guard(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                       diag::Sink& sink);

// NVP608: the guard looks at a host side which a rule that lets it in leaves to the kernel.
void report_free_host_side(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                           diag::Sink& sink);

// NVP409: a rule discovers, and no rule ever connects.
void report_unhandled(const std::vector<RuleReach>& rules, const CompiledPolicy& policy,
                      Solver& solver, diag::Sink& sink);

// NVP410: whatever identity and host a target is decided with, no rule wants it.
void report_unwanted_targets(const CompiledPolicy& policy, Solver& solver, diag::Sink& sink);

} // namespace nvmf::analyze
