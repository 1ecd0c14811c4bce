// Reads the identity of a connection from the files of this folder, as plan::tid_value wrote it.
#pragma once

#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>

namespace nvmf::execute {

// Throws (std::exception) on a wrong type or on a value that does not parse: for use inside a
// parser that turns that into an error.
plan::Tid tid_from_json(const nlohmann::ordered_json& json);

} // namespace nvmf::execute
