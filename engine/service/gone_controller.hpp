// The consequences of a controller that is gone: it was lost and is planned again, or a user
// disconnected it and it stays away. Doubt is loss, once.
#pragma once

#include "event/from_udev.hpp"
#include "execute/state.hpp"
#include "host/removal.hpp"
#include "service/planner.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace nvmf::service {

// The `controller-lost` event that plans the path again. The record must have an endpoint.
event::Event lost_event(const execute::PathRecord& record, const execute::State& state);

// An administrator's command: noted as kept away, and told in the journal. To be called before the
// controller is disconnected, where there is one.
base::Result<void> keep_away_by_command(const PlannerWorld& world, const event::Event& lost);

struct Remembered {
  event::Event lost; // the `controller-lost` event that plans the path again
  std::uint64_t incarnation = 0;
};

// Of what had the device name when the event was sent: newer than `handled`, whose removal was
// dealt with, and not `present`, which has the name now. Both are host::incarnation_of; 0: none.
struct DeviceIncarnations {
  std::uint64_t handled = 0;
  std::uint64_t present = 0;
};

// The states' memory of the controller: its path, and the same path by other host sides that
// sources spell differently. Empty if no state has it as live. Discovery controllers that are not
// kept are not remembered.
std::vector<Remembered> remembered(const event::ControllerGone& gone,
                                   const std::vector<execute::State>& states,
                                   const DeviceIncarnations& incarnations);

// Controllers that the states have as live and that are gone, or whose number another one has, and
// whose removal nobody dealt with: the planner of the event was killed, or udev lost it.
std::vector<event::ControllerGone> unnoticed(const base::FileSystem& files,
                                             const std::vector<execute::State>& states);

struct LostController {
  event::Event event;            // to be planned
  std::uint64_t incarnation = 0; // for host::note_gone, once that is handed over
};

struct Removed {
  host::Removal removal = host::Removal::doubtful;
  base::Duration now{}; // since boot
};

// Takes the controller out of the registry. If we remember it: the event to be planned where it was
// lost or may have been (the executor then waits as host::KeptAway says), else a note that it is
// kept away. Nothing for what was not ours, and for an event that is older than the controller
// which has its number now.
std::optional<LostController> forget_controller(const PlannerWorld& world,
                                                const event::ControllerGone& gone,
                                                const Removed& removed);

// The same as one of many that are gone: states and policy are read once for all of them.
struct Known {
  const std::vector<execute::State>& states; // at least those that name the device
  std::function<std::string()> policy_digest;
};
std::optional<LostController> forget_one_of_many(const PlannerWorld& world,
                                                 const event::ControllerGone& gone,
                                                 const Removed& removed, const Known& known);

} // namespace nvmf::service
