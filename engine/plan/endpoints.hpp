// Every event that a look at the host yields: what `--all`, `boot` and the sweep plan for.
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <vector>

namespace nvmf::plan {

// Targets as `boot` (fc without a host port: one event per host port that sees it; a discovery
// controller under `host-side: same-subnet`: one per interface that shares its subnet), then
// connected discovery controllers as `discovery-log-changed`, then FC remote ports as
// `fc-discovery`. A target that is also connected, or an FC port, appears once, as the target.
// Identities are filled in.
std::vector<event::Event> all_events(const policy::Policy& policy, const decide::Facts& facts);

// The events of one target.
std::vector<event::Event> target_events(const policy::Policy& policy, const decide::Facts& facts,
                                        const policy::Target& target);

// It has a keep-alive timeout, so that somebody means it to stay; nothing: sysfs does not say.
std::optional<bool> is_kept_alive(const decide::Controller& controller);

// The event of a connected discovery controller; nothing for another kind of controller.
event::Event connected_event(const decide::Controller& controller, base::EventKind kind);

} // namespace nvmf::plan
