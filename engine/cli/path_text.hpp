// A path's state for people: `status` and `explain NQN` show the same words.
#pragma once

#include "base/duration.hpp"
#include "execute/state.hpp"
#include "plan/plan.hpp"

#include <string>

namespace nvmf::cli {

// Of a path: as what it is connected, or when it is tried again and why it is not live. `item` is
// the outcome behind it; null: unknown. `now` is since boot.
std::string why_text(const execute::PathRecord& path, const plan::Item* item, base::Duration now);

// Of what is not tried: which guard and its reason, or what is in the way.
std::string why_text(const plan::Item& item);

} // namespace nvmf::cli
