// The executors' states, corrected by this host as it is now: an executor that has ended does not
// see later changes of its paths.
#pragma once

#include "decide/facts.hpp"
#include "execute/state.hpp"
#include "host/kept_away.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

struct PresentHost {
  const std::vector<decide::Controller>& controllers;
  const host::KeptAway& kept_away;
  const std::string& policy_digest; // in force
};

// Each path is what sysfs shows: live, in the kernel's hands (`connecting`, with the kernel's word
// as reason), gone, or kept away by an administrator. Items say as which device they are connected.
void compare_with(const PresentHost& host, execute::State& state);

// The path's state, or `log-read-not-kept` for a discovery controller that was asked and let go.
std::string_view state_word(const execute::PathRecord& path);

// The outcome behind the path; null where the last reading had none.
const plan::Item* item_of(const execute::State& state, const execute::PathRecord& path);

// Items without a path that a user should know of: denied by a guard, or refused.
std::vector<const plan::Item*> unconnected_items(const execute::State& state);

} // namespace nvmf::cli
