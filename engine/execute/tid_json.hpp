// The identity of a connection in the files of this folder, with the names of plan JSON's `tid`.
#pragma once

#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>

namespace nvmf::execute {

nlohmann::ordered_json tid_to_json(const plan::Tid& tid);

// Throws (std::exception) on a wrong type or on a value that does not parse: for use inside a
// parser that turns that into an error.
plan::Tid tid_from_json(const nlohmann::ordered_json& json);

} // namespace nvmf::execute
