#include "policy/key_table.hpp"

#include "policy/reference.hpp"
#include "policy/schema.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

using namespace nvmf::policy;

namespace {

const std::string schema_path = std::string(NVMF_SOURCE_DIR) + "/schemas/autoconnect-1.schema.json";

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("every key says what it is, with an example") {
  for (Section const section : all_sections()) {
    CHECK_FALSE(described(section).empty());
    CHECK_FALSE(keys_of(section).empty());
    for (const Key& key : keys_of(section)) {
      INFO(std::string(described(section)), ": ", std::string(key.name));
      CHECK(key.section == section);
      CHECK_FALSE(key.about.empty());
      CHECK_FALSE(key.example.empty());
      CHECK(find_key(section, key.name) == &key);
    }
  }
  CHECK(find_key(Section::match, "action") == nullptr);
  CHECK(find_key(Section::negated_match, "any") == nullptr);
}

TEST_CASE("every connect option is a key") {
  for (const nvmf::base::ConnectOption& option : nvmf::base::connect_options()) {
    INFO(std::string(option.name));
    CHECK(find_key(Section::connect, option.name) != nullptr);
  }
}

TEST_CASE("the schema in the tree is the one that the table makes") {
  // NVMF_UPDATE=1 writes it anew.
  if (std::getenv("NVMF_UPDATE") != nullptr)
    std::ofstream(schema_path, std::ios::binary) << policy_schema();
  CHECK(content(schema_path) == policy_schema());
}

TEST_CASE("every key is in schema and reference, described") {
  auto const schema = nlohmann::json::parse(policy_schema());
  std::string const reference = reference_scdoc();
  CHECK(schema["additionalProperties"] == false);
  for (const auto& [name, definition] : schema["definitions"].items()) {
    INFO(name);
    CHECK(definition["additionalProperties"] == false);
    for (const auto& [key, property] : definition["properties"].items()) {
      INFO(key);
      CHECK_FALSE(property["description"].get<std::string>().empty());
      CHECK_FALSE(property["examples"][0].is_null());
      CHECK(reference.find("*" + key + "*") != std::string::npos);
    }
  }
  CHECK(policy_schema().find("oneOf") == std::string::npos);
}
