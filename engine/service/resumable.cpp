#include "service/resumable.hpp"

#include "service/named_paths.hpp"

#include <algorithm>
#include <set>

namespace nvmf::service {

namespace {

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
  std::set<const execute::State*> named;
  for (const std::string& name : names)
    for (const Meaning& meaning : meanings(states, name))
      named.insert(meaning.sources.begin(), meaning.sources.end());
  std::vector<execute::State> chosen;
  std::copy_if(states.begin(), states.end(), std::back_inserter(chosen),
               [&](const execute::State& state) { return named.contains(&state); });
  return chosen;
}

} // namespace nvmf::service
