// Endpoints in the JSON of commands that show paths: the same keys and spelling in each of them.
#pragma once

#include "plan/plan.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace nvmf::cli {

inline nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

// Adds `subject`, `transport`, `traddr`, `trsvcid`, `host-traddr`, `host-iface`, `subsystem-nqn`,
// each null where it is not set.
void put_endpoint(nlohmann::ordered_json& json, base::Subject subject, const plan::Tid& tid);

} // namespace nvmf::cli
