// Which requests can be asked for again.
#pragma once

#include "execute/state.hpp"

#include <string>
#include <vector>

namespace nvmf::service {

// Cancelled, failed, or with a path that was given up.
std::vector<execute::State> resumable(const std::vector<execute::State>& states);

// Those that a name refers to: an id, a target, a device, an address, or the NQN of a path.
std::vector<execute::State> called(const std::vector<execute::State>& states,
                                   const std::vector<std::string>& names);

} // namespace nvmf::service
