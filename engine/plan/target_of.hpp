// Which target of the policy an event belongs to: LANGUAGE "Targets", "A target is remembered".
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <string>
#include <vector>

namespace nvmf::plan {

// The event as that of its target, with the target's name, and with the host side and the identity
// that the target itself names; its own identity is filled in otherwise, too, or that of the
// firmware's table (firmware.hpp). More than one where
// the event has no identity (its device is gone, Fibre Channel) and fits targets of several: each
// is decided for itself. Never empty; an event that belongs to no target comes back with its
// identity alone.
std::vector<event::Event> for_targets(const policy::Policy& policy, const decide::Facts& facts,
                                      const event::Event& event);

// The same for an event that has an identity, such as an entry of a log: one at most.
event::Event for_target(const policy::Policy& policy, const decide::Facts& facts,
                        event::Event event);

// The policy's host names that the facts know nothing of.
std::vector<std::string> unknown_names(const policy::Policy& policy, const decide::Facts& facts);

} // namespace nvmf::plan
