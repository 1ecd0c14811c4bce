// The answers of the analyses, for people and as JSON. At most `limit` of each list are shown, and
// how many are left is said.
#pragma once

#include "analyze/difference.hpp"
#include "analyze/overlap.hpp"
#include "analyze/reachability.hpp"
#include "policy/policy.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace nvmf::cli {

enum class Found : std::uint8_t { nothing, something };

struct ComparedPolicies {
  const policy::Policy& before;
  const policy::Policy& after;
};

// One line a rule: whether it ever decides, with an example, or what takes its events.
std::string reachability_text(const policy::Policy& policy, const analyze::Reachability& reach,
                              std::size_t limit);
std::string reachability_json(const policy::Policy& policy, const analyze::Reachability& reach,
                              std::size_t limit);

// Pairs of rules that match the same events and decide differently.
std::string overlaps_text(const policy::Policy& policy, const analyze::Overlaps& overlaps,
                          std::size_t limit);
std::string overlaps_json(const policy::Policy& policy, const analyze::Overlaps& overlaps,
                          std::size_t limit);

// The changes, grouped by kind, each with an example event and the rules on both sides.
std::string difference_text(const ComparedPolicies& policies, const analyze::Difference& difference,
                            std::size_t limit);
std::string difference_json(const ComparedPolicies& policies, const analyze::Difference& difference,
                            std::size_t limit);

} // namespace nvmf::cli
