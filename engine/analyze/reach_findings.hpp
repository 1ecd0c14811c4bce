// Findings about rules that never decide, and about matches that never hold.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/reachability.hpp"

namespace nvmf::analyze {

// NVP401, NVP402, NVP404; nothing for a rule that decides or of which nothing is known, and nothing
// for a redundant one that a `source` names, which could not go without it.
void report_reach(const RuleReach& reach, const CompiledPolicy& policy, diag::Sink& sink);

// NVP407: the match takes everything that the decider applies to, without `any: true`.
void report_matches_everything(const Decider& decider, const Region& region,
                               const policy::Policy& policy, Solver& solver, diag::Sink& sink);

// "line 64", or PATH:LINE if it is in another file than `from`.
std::string place_from(const diag::Span& from, const diag::Span& place);
// "`a` (line 3), `b` (line 5) and `c` (line 9)".
std::string listed(const std::vector<Coverer>& coverers, const policy::Policy& policy,
                   const diag::Span& from);

} // namespace nvmf::analyze
