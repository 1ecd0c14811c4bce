// The id of a hand-over: a hash of the endpoint, so that every event about one discovery controller
// meets in one plan file and one unit.
#pragma once

#include "event/event.hpp"
#include "plan/plan.hpp"

#include <string>
#include <string_view>

namespace nvmf::plan {

// The values that make two items the same path: the subsystem, the endpoint and the host NQN, each
// as it is spelled. A discovery controller's NQN is left out: it is known only once it was asked.
std::string path_key(base::Subject subject, const Tid& tid);
// 16 lower-case hex digits over that, fit to be in a file's name.
std::string path_id(base::Subject subject, const Tid& tid);

// path_id of what the event is about; for an `fc-discovery` event so for each pair of ports. The
// event's kind is not in it. The host NQN should have been completed before (identity.hpp), so that
// a target and an event of its discovery controller agree.
std::string endpoint_id(const event::Event& event);

// Whether the text is a valid id in a file or unit name.
bool is_id(std::string_view text);

} // namespace nvmf::plan
