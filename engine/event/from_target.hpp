// The `boot` event that a target of the policy stands for.
#pragma once

#include "event/event.hpp"
#include "policy/policy.hpp"

namespace nvmf::event {

// The identity is left unset: which one the target has, the plan looks up. There is no source: that
// is what the entries below a discovery controller have.
Event from_target(const policy::Target& target);

} // namespace nvmf::event
