// The schemas of what `status`, `check` and `explain` answer with `--format json`.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace nvmf::tools {

nlohmann::ordered_json status_schema();
nlohmann::ordered_json check_schema();
nlohmann::ordered_json explain_schema();

} // namespace nvmf::tools
