#include "base/nqn.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf::base;

TEST_CASE("what makes an NQN unusable") {
  struct {
    std::string text;
    std::optional<std::string> problem;
  } const rows[] = {
      {"nqn.2014-08.org.nvmexpress.discovery", std::nullopt},
      {"nqn.2014-08.com.example:prod.vol7", std::nullopt},
      {"nqn." + std::string(219, 'x'), std::nullopt},
      {"nqn." + std::string(220, 'x'), "is longer than 223 bytes"},
      {"", "is empty"},
      {"iqn.2014-08.com.example:x", std::nullopt},
      {"testnqn", std::nullopt},
      {"nqn.a:b,nqn=nqn.c:d", "contains a comma, blank, control or non-ASCII character"},
      {"nqn.a:b c", "contains a comma, blank, control or non-ASCII character"},
      {"nqn.a:b\n", "contains a comma, blank, control or non-ASCII character"},
      {"nqn.a:\xc3\xa4", "contains a comma, blank, control or non-ASCII character"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(nqn_problem(row.text) == row.problem);
  }
}

TEST_CASE("UUIDs in NQNs, and those that mean nothing") {
  CHECK(uuid_of_nqn("nqn.2014-08.org.nvmexpress:uuid:6FA2C0E4-2b5d-4f7c-8f5e-0d6a1e5b9c33") ==
        "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33");
  CHECK_FALSE(uuid_of_nqn("nqn.2014-08.org.nvmexpress:uuid:6fa2c0e4"));
  CHECK_FALSE(uuid_of_nqn("nqn.2014-08.com.example:uuid:6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33"));
  CHECK(canonical_uuid("6FA2C0E4-2b5d-4F7c-8f5e-0D6A1E5B9C33") ==
        "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33");
  CHECK(canonical_uuid("Web-07") == "Web-07");
  CHECK(is_placeholder_uuid("00000000-0000-0000-0000-000000000000"));
  CHECK(is_placeholder_uuid("FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF"));
  CHECK_FALSE(is_placeholder_uuid("00000000-0000-0000-0000-000000000001"));
  CHECK_FALSE(is_placeholder_uuid("0"));
}
