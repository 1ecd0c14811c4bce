#include "cli/sweep_choice.hpp"

#include "host/run_paths.hpp"
#include "plan/id.hpp"

#include <algorithm>

namespace nvmf::cli {

namespace {

constexpr std::string_view suffix = ".json";

// The log of this very controller was read: `nvmeN` is recycled, so the address counts, too.
bool has_log_of(const execute::State& state, const plan::Plan& plan) {
  return std::any_of(state.logs.begin(), state.logs.end(), [&](const execute::LogRecord& log) {
    return log.device == plan.event.device && log.tid.traddr && plan.event.traddr &&
           log.tid.traddr->same_as(*plan.event.traddr);
  });
}

} // namespace

std::vector<execute::State> read_states(const base::FileSystem& files) {
  std::vector<execute::State> states;
  const auto names = files.list(std::string(host::state_directory));
  if (!names)
    return states;
  for (const std::string& name : *names) {
    if (!name.ends_with(suffix))
      continue;
    const std::string id = name.substr(0, name.size() - suffix.size());
    if (!plan::is_id(id))
      continue;
    if (auto state = execute::read_state(files, id); state && *state)
      states.push_back(std::move(**state));
  }
  return states;
}

bool was_looked_at(const plan::Plan& plan, const std::vector<execute::State>& states) {
  return std::any_of(states.begin(), states.end(), [&](const execute::State& state) {
    if (state.plan.policy.digest != plan.policy.digest)
      return false;
    return plan.event.device.empty()
               ? state.id == plan.id
               : has_log_of(state, plan) ||
                     (state.id == plan.id && state.phase == execute::Phase::cancelled);
  });
}

} // namespace nvmf::cli
