#include "service/resumable.hpp"

#include <algorithm>

namespace nvmf::service {

namespace {

bool has_address(const std::optional<base::Traddr>& address, const std::string& name) {
  const auto wanted = base::Traddr::parse_any(name);
  return address && wanted && address->same_as(*wanted);
}

bool is_called(const execute::State& state, const std::string& name) {
  if (name.empty())
    return false;
  const event::Event& event = state.plan.event;
  if (state.id == name || event.target == name || event.device == name ||
      has_address(event.endpoint.traddr, name))
    return true;
  return std::any_of(state.paths.begin(), state.paths.end(), [&](const execute::PathRecord& path) {
    return path.tid.subsystem_nqn == name || path.device == name ||
           (path.tid.endpoint && has_address(path.tid.endpoint->traddr, name));
  });
}

bool can_be_resumed(const execute::State& state) {
  return state.phase == execute::Phase::cancelled || state.phase == execute::Phase::failed ||
         std::any_of(state.paths.begin(), state.paths.end(), [](const execute::PathRecord& path) {
           return path.state == execute::PathState::given_up;
         });
}

} // namespace

std::vector<execute::State> resumable(const std::vector<execute::State>& states) {
  std::vector<execute::State> chosen;
  std::copy_if(states.begin(), states.end(), std::back_inserter(chosen), can_be_resumed);
  return chosen;
}

std::vector<execute::State> called(const std::vector<execute::State>& states,
                                   const std::vector<std::string>& names) {
  std::vector<execute::State> chosen;
  std::copy_if(
      states.begin(), states.end(), std::back_inserter(chosen), [&](const execute::State& state) {
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& name) { return is_called(state, name); });
      });
  return chosen;
}

} // namespace nvmf::service
