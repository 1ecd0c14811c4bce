// Who decided, as plans and explanations name it.
#pragma once

#include "decide/decide.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <optional>

namespace nvmf::plan {

// The guard, target, table of the firmware or rule of the decision; none where nothing matched.
std::optional<DecidedBy> decided_by(const policy::Policy& policy, const decide::Decision& decision);

} // namespace nvmf::plan
