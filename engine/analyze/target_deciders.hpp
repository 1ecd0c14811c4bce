// Which guards and rules may decide a target.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/directory.hpp"
#include "analyze/solver.hpp"
#include "policy/policy.hpp"

#include <cstddef>
#include <vector>

namespace nvmf::analyze {

// A boot event of a target: values that the target leaves open are free.
Region region_of(const event::Event& event, const EventSpace& space);
// Every event of a target at the endpoint of one of its events, whatever its source and kind: its
// address is exact, and the host side where the target names one.
Region region_of_endpoint(const event::Event& event, const EventSpace& space);

// Exact where the solver is, for events of any kind; what loading checks asks the text of the
// matches instead (policy/target_match.hpp).
class TargetDeciders {
public:
  // `targets`: the events of each target in question, at one of its endpoints.
  TargetDeciders(const CompiledPolicy& policy, std::vector<Region> targets);

  const CompiledPolicy& policy() const { return policy_; }
  const Region& region(std::size_t target) const { return targets_[target]; }

  // Deciders of the policy, in their order, that may take events of `region`, which lies within
  // that of the target: up to the first that takes all of them.
  std::vector<std::size_t> of(std::size_t target, const Region& region, Solver& solver) const;

private:
  std::vector<const Region*> all_regions() const;

  const CompiledPolicy& policy_;
  std::vector<Region> targets_;
  Directory directory_;
};

} // namespace nvmf::analyze
