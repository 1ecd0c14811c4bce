// An event's device as facts show it: what event/from_device.hpp does with sysfs, for a facts file.
#pragma once

#include "decide/facts.hpp"
#include "event/from_udev.hpp"

namespace nvmf::plan {

// A rediscover of a controller that is not a discovery controller must not trigger; a device that
// the facts do not name, or whose transport and address do not agree with the event, is taken out
// of it; else the event gets the controller's NQN, host NQN and host id. Facts that say nothing
// about controllers leave the event as it is.
event::Reading checked_with_facts(event::Reading reading, const decide::Facts& facts);

} // namespace nvmf::plan
