// Refused items that a later state of the host may let through. The planner hands them over, and
// the executor waits for what they need.
#pragma once

#include "plan/plan.hpp"

namespace nvmf::plan {

// Refused until the host's addresses, interfaces or routes change, of which rtnetlink sends notices
// …
bool waits_for_network(const Item& item);
// … or its names, files, secrets or other controllers, of which no notices exist.
bool waits_for_look(const Item& item);

} // namespace nvmf::plan
