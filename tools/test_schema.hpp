// The JSON Schema of test files, made from the table of keys.
#pragma once

#include <nlohmann/json.hpp>

namespace nvmf::tools {

// What a test file holds of other documents.
struct EmbeddedSchemas {
  nlohmann::ordered_json event;
  nlohmann::ordered_json facts;
};

// draft-07 without `$schema` and title. What it refuses is refused by the reader, too; the reader
// refuses more.
nlohmann::ordered_json suite_schema(const EmbeddedSchemas& embedded);

} // namespace nvmf::tools
