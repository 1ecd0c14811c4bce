// A JSON Schema that takes null as well.
#pragma once

#include <nlohmann/json.hpp>

namespace nvmf::tools {

nlohmann::ordered_json nullable(nlohmann::ordered_json schema);

} // namespace nvmf::tools
