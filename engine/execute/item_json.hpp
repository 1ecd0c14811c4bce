// An item of a plan with all its fields, for another process of this program. The form for files
// and people is in plan/json.hpp.
#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>

namespace nvmf::execute {

nlohmann::ordered_json item_to_json(const plan::Item& item);
// An error names the field that is missing or wrong.
base::Result<plan::Item> item_from_json(const nlohmann::ordered_json& json);

} // namespace nvmf::execute
