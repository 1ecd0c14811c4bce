// The id of a hand-over: a hash of the endpoint, so that every event about one discovery controller
// meets in one plan file and one unit.
#pragma once

#include "plan/plan.hpp"

#include <string>

namespace nvmf::plan {

// 16 lower-case hex digits over subject (discovery controller, or subsystem NQN), transport,
// canonical traddr, trsvcid, host side and host identity. The event's kind is not in it.
std::string endpoint_id(const Tid& tid, base::Subject subject);

// An id as it may stand in a file or unit name.
bool is_id(std::string_view text);

} // namespace nvmf::plan
