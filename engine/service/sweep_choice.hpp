// Which of the things that are present nobody has looked at yet.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "execute/state.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::service {

// All states in /run/nvmf/state; damaged ones are left out.
std::vector<execute::State> read_states(const base::FileSystem& files,
                                        execute::Items items = execute::Items::left_out);

// The same for people, who must know what they are not told.
struct StatesRead {
  std::vector<execute::State> states;
  std::vector<std::string> damaged; // the mistake of each file that is not a state
};
// Fails where the states may not be read at all; where there is no directory there are none.
base::Result<StatesRead> read_all_states(const base::FileSystem& files,
                                         execute::Items items = execute::Items::left_out);

// Those that know the device: all that the removal of a controller is about.
std::vector<execute::State> read_states_naming(const base::FileSystem& files,
                                               const std::string& device);

// An executor has dealt with the plan's event under the same policy: it read the log of the event's
// device, or it had a request of the same id. A request that was cancelled was dealt with, too:
// stop means stop.
// `present` is the controller that has the event's device name now (host::incarnation_of); 0:
// unknown.
bool was_looked_at(const plan::Plan& plan, const std::vector<execute::State>& states,
                   std::uint64_t present = 0);

// The generation counter of the log that an executor read last from the event's connected device;
// nothing where none did.
std::optional<std::uint64_t> known_generation(const plan::Plan& plan,
                                              const std::vector<execute::State>& states);

} // namespace nvmf::service
