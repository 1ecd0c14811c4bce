#include "policy/key_table.hpp"

#include "policy/reference.hpp"
#include "policy/schema.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
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

// That the schema's keys are those of the policies that people write is tests/schema's to say.
TEST_CASE("the reference has every key below the title of its map") {
  std::string const reference = reference_scdoc();
  struct Row {
    Section section;
    const char* title;
    const char* key;
    const char* begins;
  };
  for (const Row& row : {
           Row{Section::top, "THE TOP LEVEL", "version", "*version* (required)\n\tVersion of the"},
           Row{Section::match, "MATCH", "portid", "*portid*\n\t"},
           Row{Section::connect, "CONNECT OPTIONS", "nr-io-queues", "*nr-io-queues*\n\t"},
           Row{Section::set, "A SET", "host-iface", "*host-iface*\n\t"},
       }) {
    INFO(std::string(row.title));
    auto const begin = reference.find("## " + std::string(row.title) + "\n\n");
    REQUIRE(begin != std::string::npos);
    auto const end = reference.find("\n## ", begin);
    CHECK(reference.substr(begin, end - begin).find(row.begins) != std::string::npos);
  }
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = reference.find("\n\n*", at)) != std::string::npos; ++at)
    ++shown;
  std::size_t keys = 0;
  for (Section const section : all_sections())
    keys += section == Section::negated_match ? 0 : keys_of(section).size();
  CHECK(shown == keys);
}
