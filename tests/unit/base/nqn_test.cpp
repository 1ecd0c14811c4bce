#include "base/host_uuid.hpp"
#include "base/nqn.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf::base;

TEST_CASE("reasons that make an NQN unusable") {
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

TEST_CASE("UUIDs that name more machines than one") {
  struct {
    std::string uuid;
    std::optional<std::string> problem;
  } const rows[] = {
      {"4c4c4544-0051-4a10-8052-b9c04f4a4e32", std::nullopt},
      {"4c4c4544-0000-2010-8020-80c04f202020", "is that of many machines"},
      {"03000200-0400-0500-0006-000700080009", "is that of many machines"},
      {"12345678-1234-5678-90AB-CDDEEFAABBCC", "is that of many machines"},
      {"00000000-0000-0000-0000-000000000000", "repeats one byte"},
      {"FFFFFFFF-ffff-ffff-ffff-ffffffffffff", "repeats one byte"},
      {"11111111-1111-1111-1111-111111111111", "repeats one byte"},
      {"fefefefe-fefe-fefe-fefe-fefefefefefe", "repeats one byte"},
      {"fefefefe-fefe-fefe-fefe-fefefefefeff", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.uuid);
    CHECK(shared_uuid(row.uuid) == row.problem);
  }
}

TEST_CASE("identities that are doubtful") {
  using Doubts = std::vector<std::string>;
  std::string const uuid = "4c4c4544-0051-4a10-8052-b9c04f4a4e32";
  std::string const shared = "03000200-0400-0500-0006-000700080009";
  CHECK(identity_doubts(nqn_of_uuid(uuid), uuid) == Doubts());
  CHECK(identity_doubts(nqn_of_uuid(uuid), "4C4C4544-0051-4A10-8052-B9C04F4A4E32") == Doubts());
  CHECK(identity_doubts("nqn.2014-08.com.example:h", shared) ==
        Doubts{"has hostid " + shared + ", which is that of many machines"});
  CHECK(identity_doubts(nqn_of_uuid(uuid), shared) ==
        Doubts{"has UUID " + uuid + " in its host NQN and hostid " + shared,
               "has hostid " + shared + ", which is that of many machines"});
}

TEST_CASE("a host NQN that is another thing is doubtful") {
  std::string const uuid = "4c4c4544-0051-4a10-8052-b9c04f4a4e32";
  using Doubts = std::vector<std::string>;
  CHECK(identity_doubts("hello", uuid) ==
        Doubts{"has host NQN `hello`, which does not begin with `nqn.`"});
  CHECK(identity_doubts(uuid, uuid) ==
        Doubts{"has host NQN `" + uuid + "`, which does not begin with `nqn.`; `" +
               nqn_of_uuid(uuid) + "` does"});
}

TEST_CASE("random UUIDs are of version 4, and differ") {
  auto const one = random_uuid();
  auto const two = random_uuid();
  REQUIRE((one && two));
  CHECK(is_uuid(*one));
  CHECK((*one)[14] == '4');
  CHECK(std::string("89ab").find((*one)[19]) != std::string::npos);
  CHECK(*one != *two);
  CHECK(uuid_of_nqn(nqn_of_uuid(*one)) == *one);
}
