#include "policy/key_table.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf::policy;

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
