#include "tools/schema_parts.hpp"

#include <utility>

namespace nvmf::tools {

using PartJson = nlohmann::ordered_json;

PartJson list_of(PartJson items) { return {{"type", "array"}, {"items", std::move(items)}}; }

PartJson document(const std::string& name, const std::string& title, const PartJson& schema) {
  PartJson head{{"$schema", "http://json-schema.org/draft-07/schema#"},
                {"$id", "urn:nvmf-policy:schema:" + name},
                {"title", title}};
  head.update(schema);
  return head;
}

PartJson open_object(PartJson properties) {
  PartJson required = PartJson::array();
  for (const auto& [key, value] : properties.items())
    required.push_back(key);
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

} // namespace nvmf::tools
