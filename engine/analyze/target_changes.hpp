// The changes to the targets of two policies.
#pragma once

#include "analyze/change.hpp"
#include "analyze/compiled.hpp"
#include "analyze/difference.hpp"

namespace nvmf::analyze {

struct ComparedTargets {
  const CompiledPolicy& before;
  const CompiledPolicy& after;
  Solver& solver;
};

// Adds the changes of targets, each with its boot event. Two targets are the same if their endpoint
// is; their names count only where a `source` asks for them. Changes of the rules that decide a
// target, which `result` has already, are not repeated. Sets `incomplete` where a question was left
// open.
void add_target_changes(const ComparedTargets& compared, Difference& result);

} // namespace nvmf::analyze
