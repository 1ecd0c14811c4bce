// Two rules of one policy, compared.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/overlap.hpp"

#include <optional>

namespace nvmf::analyze {

// How the rules at `first` < `second` overlap in events that `first` decides, if they do and decide
// differently. Nothing where either depends on what nobody knows beforehand.
std::optional<OverlappingRules> overlap_of(std::size_t first, std::size_t second,
                                           const CompiledPolicy& policy, Solver& solver);

// NVP405 for the rule at `second` against earlier connect rules, the first few.
void report_conflicts(std::size_t second, const CompiledPolicy& policy, Solver& solver,
                      diag::Sink& sink);

} // namespace nvmf::analyze
