// Which of the things that are present nobody has looked at yet.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "execute/state.hpp"
#include "plan/plan.hpp"
#include "plan/run.hpp"
#include "policy/policy.hpp"

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

// The controller whose log is read for the plan's event: of the event, or one that stays where the
// event's does not. Empty: none is connected.
std::string serving_device(const plan::Plan& plan);

// A guard keeps something of the state's event away only by the way on which the kernel routes it
// now. As long as an executor runs, it sees the routes change; without one somebody has to.
bool awaits_route(const policy::Policy& policy, const decide::Facts& facts,
                  const plan::AskRouting& routing, const execute::State& state);

// An executor has dealt with the plan's event under the same policy: it read the log of the serving
// device, or it had a request of the same id. A request that was cancelled was dealt with, too:
// stop means stop.
// `present` is the controller that has the serving device's name now (host::incarnation_of); 0:
// unknown.
bool was_looked_at(const plan::Plan& plan, const std::vector<execute::State>& states,
                   std::uint64_t present = 0);

// The generation counter of the log that an executor read last from the event's connected device;
// nothing where none did.
std::optional<std::uint64_t> known_generation(const plan::Plan& plan,
                                              const std::vector<execute::State>& states);

} // namespace nvmf::service
