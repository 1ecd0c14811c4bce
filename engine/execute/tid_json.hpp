// Reads the identity of a connection from the files of this folder, as plan::tid_value wrote it.
#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>

namespace nvmf::execute {

// An error names the field that is missing, of a wrong type or does not parse.
base::Result<plan::Tid> tid_from_json(const nlohmann::ordered_json& json);

} // namespace nvmf::execute
