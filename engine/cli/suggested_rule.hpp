// The smallest rule that would accept an event.
#pragma once

#include "event/event.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <string>

namespace nvmf::cli {

struct SuggestedRule {
  std::string yaml;  // an entry of `rules`
  std::string where; // "before rule `everything-else`", "after the other rules"
};

// Nothing where no rule can help: a guard denies the event, or a rule accepts it already. The rule
// was tried: the policy with it at that place connects or discovers the event.
std::optional<SuggestedRule> suggest_rule(const policy::Policy& policy, const event::Event& event,
                                          const std::optional<std::string>& hostname);

} // namespace nvmf::cli
