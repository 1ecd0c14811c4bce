// The effect of a change of policy, before it is made: the events that two policies decide
// differently.
#pragma once

#include "analyze/budget.hpp"
#include "analyze/example.hpp"
#include "analyze/settings.hpp"
#include "policy/policy.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nvmf::analyze {

enum class ChangeKind : std::uint8_t {
  newly_connected,
  no_longer_connected,
  newly_discovered,
  no_longer_discovered,
  other_options,    // connected or discovered by both, with other settings
  newly_denied,     // ignored before
  no_longer_denied, // ignored now
  other_guard,      // denied by both, by another guard
  other_reason,     // ignored by both: by a rule, or because no rule matched
  other_target,     // a target that only one of them has, and that is not connected or discovered
};
std::string_view to_string(ChangeKind kind); // `newly-connected`
ChangeKind opposite(ChangeKind kind);

// The events that one rule or guard decides under the old policy and another one under the new,
// with one of them as an example.
struct Change {
  ChangeKind kind = ChangeKind::other_options;
  event::Event event;
  std::optional<std::string> hostname;
  decide::Decision before;             // points into the old policy
  decide::Decision after;              // points into the new one
  std::vector<SettingChange> settings; // for other_options
  // The boot event of a target (Event::target): for an endpoint that only one of the policies has,
  // the other has no event. A target with another identity brings another host NQN; the event has
  // that of the new policy, and `settings` says both.
  bool only_before = false;
  bool only_after = false;
};

struct Difference {
  // Those of events without a target, then those of targets; each by kind, then by place in the new
  // policy.
  std::vector<Change> changes;
  std::vector<SettingChange> reasons;  // of guards that both have, by their names
  std::vector<SettingChange> firmware; // of the policy's `firmware`
  std::vector<SettingChange> boot;     // of the policy's `boot`
  std::vector<SettingChange> limits;   // of the policy's `limits`, which cut off every log alike
  bool incomplete = false;             // the budget was reached: there may be more
  bool empty() const {
    return changes.empty() && reasons.empty() && firmware.empty() && boot.empty() &&
           limits.empty() && !incomplete;
  }
};

// Empty only when nothing of both differs, beside names and places. `difference(b, a)` is the same
// with before and after exchanged. The result points into both policies.
Difference difference(const policy::Policy& before, const policy::Policy& after,
                      const Budget& budget = {});

} // namespace nvmf::analyze
