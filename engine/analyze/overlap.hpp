// Pairs of rules that match the same events.
#pragma once

#include "analyze/budget.hpp"
#include "analyze/example.hpp"
#include "analyze/settings.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace nvmf::analyze {

enum class Overlap : std::uint8_t {
  partial,  // each matches events that the other does not
  inside,   // the earlier one matches only events that the later one matches too
  contains, // the reverse
  equal,
};
std::string_view to_string(Overlap overlap);

struct OverlappingRules {
  const policy::Rule* first = nullptr; // in the policy's order
  const policy::Rule* second = nullptr;
  Overlap overlap = Overlap::partial;
  Example example;                     // both match it, and `first` decides it
  std::vector<SettingChange> settings; // what `second` would set otherwise; empty: the same
  // Two connect rules, partial, with different connect options: NVP405.
  bool conflicting = false;
};

struct Overlaps {
  std::vector<OverlappingRules> pairs; // ordered by first, then second
  bool incomplete = false;             // the budget was reached
};

// Pairs that overlap in events which the earlier of the two decides, and that differ in action or
// settings. The result points into `policy`.
Overlaps overlaps(const policy::Policy& policy, const Budget& budget = {});

} // namespace nvmf::analyze
