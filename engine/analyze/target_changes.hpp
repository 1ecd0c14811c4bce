// The changes to the targets of two policies.
#pragma once

#include "analyze/change.hpp"
#include "analyze/compiled.hpp"
#include "analyze/difference.hpp"
#include "analyze/region.hpp"

#include <vector>

namespace nvmf::analyze {

struct ComparedTargets {
  const CompiledPolicy& before;
  const CompiledPolicy& after;
  Solver& solver;
};

// The events that belong to a target of one of the policies, whatever their kind: what the
// comparison of the rules leaves out.
std::vector<Region> events_of_targets(const policy::Policy& before, const policy::Policy& after,
                                      const EventSpace& space);

// Adds the changes of targets, each with its boot event or, where only these differ, with another
// one of its events. Two targets are the same if their endpoint is; their names count only where a
// `source` asks for them. Settings of the rules that decide a target, which `result` has already,
// are not repeated. Sets `incomplete` where a question was left open.
void add_target_changes(const ComparedTargets& compared, Difference& result);

} // namespace nvmf::analyze
