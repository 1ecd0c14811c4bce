// The JSON Schema of test files, made from the table of keys.
#pragma once

#include <nlohmann/json.hpp>

namespace nvmf::tools {

// The schemas of other documents within a test file.
struct EmbeddedSchemas {
  nlohmann::ordered_json event;
  nlohmann::ordered_json facts;
};

// draft-07 without `$schema` and title. The reader refuses all that it refuses, and more.
nlohmann::ordered_json suite_schema(const EmbeddedSchemas& embedded);

} // namespace nvmf::tools
