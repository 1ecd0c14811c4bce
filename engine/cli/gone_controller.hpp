// What follows from a controller that is gone: it was lost and is planned again, or somebody
// disconnected it and it stays away. Not reconnecting is the safe mistake.
#pragma once

#include "cli/planner.hpp"
#include "event/from_udev.hpp"
#include "execute/state.hpp"
#include "host/removal.hpp"

#include <optional>
#include <vector>

namespace nvmf::cli {

// What the states remember of the controller, as the `controller-lost` event that plans it again;
// nothing if no state has it as live. Discovery controllers that are not kept are not remembered.
std::optional<event::Event> remembered(const event::ControllerGone& gone,
                                       const std::vector<execute::State>& states);

// Takes the controller out of the registry. If we remember it: the event to be planned where the
// kernel gave it up, else a note that it is kept away. Nothing for what was not ours, and for an
// event that is older than the controller which has its number now.
std::optional<event::Event> forget_controller(const PlannerWorld& world,
                                              const event::ControllerGone& gone,
                                              host::Removal removal);

} // namespace nvmf::cli
