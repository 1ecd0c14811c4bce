// The `boot` events of a target of the policy: one for each way to it.
#pragma once

#include "event/event.hpp"
#include "policy/policy.hpp"

#include <map>
#include <string>
#include <vector>

namespace nvmf::event {

// The latest addresses of host names.
using Names = std::map<std::string, std::vector<base::IpAddress>>;

// In the policy's order, a host name as its addresses in the order of `names`, less those of
// another family than the host address. An endpoint whose name has no such address is an event with
// `host_name` and without `traddr`. The identity is left unset: which one the target has, the plan
// looks up.
std::vector<Event> from_target(const policy::Target& target, const Names& names = {});

} // namespace nvmf::event
