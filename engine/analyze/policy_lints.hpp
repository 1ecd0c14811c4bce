// Findings about a policy as a whole: guards that nothing needs, logs that are read for nothing,
// targets that nobody wants.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/reachability.hpp"

#include <string>
#include <vector>

namespace nvmf::analyze {

// NVP408: without any guard no rule would connect or discover what this one denies.
void report_dead_guard(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                       diag::Sink& sink);

// NVP608: the guard looks at a host side which nobody names, so that the kernel chooses it.
void report_free_host_side(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                           diag::Sink& sink);

// NVP409: a rule discovers, and no rule ever connects.
void report_unhandled(const std::vector<RuleReach>& rules, const CompiledPolicy& policy,
                      Solver& solver, diag::Sink& sink);

// NVP410 and NVP412 for all targets: rules ignore it, whatever identity and host it is decided
// with; a rule takes some of its events, and others, that differ in host name, host side or kind,
// are left to the target itself.
void report_targets(const CompiledPolicy& policy, Solver& solver, diag::Sink& sink);

// NVP411: no target is, and no rule connects, what boot waits for.
void report_waits_for_nothing(const CompiledPolicy& policy, Solver& solver, diag::Sink& sink);

// Whether the rule says by `source` that it is for what has this name; `"*"` does not.
bool names_by_source(const policy::Rule& rule, const std::string& name);

// A rule that discovers or connects.
bool lets_in(const Decider& decider);
// Some rule may let in an event of the region, seen without the guards. `candidates` are the
// deciders that may overlap it.
bool may_let_in(const Region& region, const std::vector<std::size_t>& candidates,
                const CompiledPolicy& policy, Solver& solver);

} // namespace nvmf::analyze
