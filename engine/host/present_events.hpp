// What `plan --all`, `boot` and `sweep` look at: the events that what is present now would raise.
#pragma once

#include "base/file_system.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <vector>

namespace nvmf::host {

// Connected discovery controllers (`discovery-log-changed`), ordered by device number.
std::vector<event::Event> connected_discovery_controllers(const base::FileSystem& files);

// FC remote ports with a discovery controller (`fc-discovery`).
std::vector<event::Event> fc_discovery_events(const base::FileSystem& files);

// All of the two, then the targets of the policy (`boot`). A target that is also connected appears
// once, under its name: its event stays `boot` and has the device.
std::vector<event::Event> present_events(const base::FileSystem& files,
                                         const policy::Policy& policy);

} // namespace nvmf::host
