// The id of a hand-over: a hash of the endpoint, so that every event about one discovery controller
// meets in one plan file and one unit.
#pragma once

#include "event/event.hpp"

#include <string>
#include <string_view>

namespace nvmf::plan {

// 16 lower-case hex digits over what the event is about (a discovery controller, or a subsystem
// NQN), transport, canonical traddr, trsvcid, host side and host NQN; for an `fc-discovery` event
// so for each pair of ports. The event's kind is not in it. The host NQN should have been completed
// before (identity.hpp), so that a target and an event of its discovery controller agree.
std::string endpoint_id(const event::Event& event);

// An id as it may stand in a file or unit name.
bool is_id(std::string_view text);

} // namespace nvmf::plan
