// Which rules and guards of a policy ever decide anything.
//
// The answers are exact over everything an event can say (event_space.hpp), or absent: what depends
// on `hostname` or `udev`, which nobody knows beforehand, is never said to cover anything, and a
// question that runs out of its budget is left open. Each finding carries an example event that
// `decide()` confirmed.
#pragma once

#include "analyze/budget.hpp"
#include "analyze/example.hpp"
#include "diag/finding.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nvmf::analyze {

enum class Reach : std::uint8_t {
  decides,       // `example` is an event that it decides
  shadowed,      // never decides; the decider instead differs at least once
  redundant,     // never decides; the decider instead does the same
  always_denied, // wholly inside guards
  impossible,    // matches no event at all
  unknown,       // the budget was reached
};
std::string_view to_string(Reach reach); // `always-denied`

// Guards and rules that together take every event of a rule. One of the two is set.
struct Coverer {
  const policy::Guard* guard = nullptr;
  const policy::Rule* rule = nullptr;
};

struct RuleReach {
  const policy::Rule* rule = nullptr;
  Reach reach = Reach::unknown;
  std::optional<Example> example;  // absent for impossible and unknown
  std::vector<Coverer> covered_by; // minimal; one that decides differently first
};

struct Reachability {
  std::vector<RuleReach> rules; // one per rule, in the policy's order
  // NVP401 to NVP412 and NVP608, in the order of their places.
  std::vector<diag::Finding> findings;
  bool incomplete = false; // the budget was reached: findings may be missing, none is wrong
};

// Never fails. The result points into `policy`, which must outlive it.
Reachability analyze(const policy::Policy& policy, const Budget& budget = {});

// NVP403 for rules and guards that match no event at all, which makes a policy wrong: part of
// loading it (policy::FindingOptions), not of `analyze`. Looks at no two of them together: linear
// in the policy.
void find_impossible(const policy::Policy& policy, diag::Sink& sink);

} // namespace nvmf::analyze
