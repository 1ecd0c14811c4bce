// The items of the plan in the state file, as far as they are shown to people.
#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace nvmf::execute {

// Outcome, reason, detail, tid, device and the name of the decider; options and retry are not read.
// `event_subject` is the subject of the plan's event, and so of its items without a parent. An
// error names the field that is missing or wrong.
base::Result<std::vector<plan::Item>> items_from_json(const nlohmann::ordered_json& json,
                                                      base::Subject event_subject);

// Kind and name.
base::Result<plan::DecidedBy> decided_by_from_json(const nlohmann::ordered_json& json);

} // namespace nvmf::execute
