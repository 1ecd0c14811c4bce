#include "tools/nullable.hpp"

#include <utility>

namespace nvmf::tools {

nlohmann::ordered_json nullable(nlohmann::ordered_json schema) {
  using Json = nlohmann::ordered_json;
  if (schema.contains("type") && schema["type"].is_string()) {
    schema["type"] = Json::array({schema["type"], "null"});
    return schema;
  }
  return {{"anyOf", Json::array({std::move(schema), Json{{"type", "null"}}})}};
}

} // namespace nvmf::tools
