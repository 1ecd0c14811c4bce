#include "plan/exclusion.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

plan::Tid path() {
  return {.endpoint =
              base::Endpoint{.transport = base::Transport::tcp,
                             .traddr = base::Traddr::parse(base::Transport::tcp, "192.0.2.10"),
                             .trsvcid = 4420,
                             .host_iface = "eth1"},
          .subsystem_nqn = "nqn.2024-01.com.example:vol1",
          .host_nqn = "nqn.2024-01.com.example:host",
          .hostid = "11111111-2222-3333-4444-555555555555"};
}

} // namespace

TEST_CASE("an entry excludes when every key it names compares equal") {
  struct {
    const char* name;
    decide::Exclusion exclusion;
    bool excludes;
  } const rows[] = {
      {"address", {.keys = {{"traddr", "192.0.2.10"}}}, true},
      {"address in another spelling", {.keys = {{"traddr", "::ffff:192.0.2.10"}}}, true},
      {"two keys", {.keys = {{"transport", "tcp"}, {"trsvcid", "4420"}}}, true},
      {"one of two differs", {.keys = {{"transport", "tcp"}, {"trsvcid", "8009"}}}, false},
      {"nqn", {.keys = {{"nqn", "nqn.2024-01.com.example:vol1"}}}, true},
      {"hostnqn", {.keys = {{"hostnqn", "nqn.2024-01.com.example:host"}}}, true},
      {"interface", {.keys = {{"host-iface", "eth1"}}}, true},
      {"hostid", {.keys = {{"hostid", "11111111-2222-3333-4444-555555555555"}}}, true},
      {"another transport", {.keys = {{"transport", "rdma"}}}, false},
      {"another address", {.keys = {{"traddr", "192.0.2.11"}}}, false},
      {"an address that is none", {.keys = {{"traddr", "somewhere"}}}, false},
      {"another port", {.keys = {{"trsvcid", "8009"}}}, false},
      {"another nqn", {.keys = {{"nqn", "nqn.2024-01.com.example:vol2"}}}, false},
      {"another hostnqn", {.keys = {{"hostnqn", "nqn.2024-01.com.example:vol1"}}}, false},
      {"another interface", {.keys = {{"host-iface", "eth10"}}}, false},
      {"another hostid", {.keys = {{"hostid", "21111111-2222-3333-4444-555555555555"}}}, false},
      {"no value for the key", {.keys = {{"host-traddr", "192.0.2.1"}}}, false},
      {"unknown key", {.keys = {{"colour", "red"}}}, false},
      {"unusable", {.keys = {{"transport", "tcp"}}, .usable = false}, false},
      {"empty entry", {.keys = {}}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    decide::Facts facts;
    facts.exclusions = std::vector{row.exclusion};
    CHECK((plan::excluded_by(path(), facts) != nullptr) == row.excludes);
  }
}

TEST_CASE("a path without a value is not excluded by one, not even by an empty one") {
  for (const char* key : {"transport", "traddr", "trsvcid", "nqn", "host-traddr", "host-iface",
                          "hostnqn", "hostid"}) {
    CAPTURE(key);
    decide::Facts facts;
    facts.exclusions = {{.keys = {{key, ""}}}};
    CHECK_FALSE(plan::excluded_by({}, facts));
  }
}

TEST_CASE("a path's own host address is compared as an address") {
  plan::Tid tid = path();
  tid.endpoint->host_traddr = base::Traddr::parse(base::Transport::tcp, "192.0.2.1");
  decide::Facts facts;
  facts.exclusions = {{.keys = {{"host-traddr", "::ffff:192.0.2.1"}}}};
  CHECK(plan::excluded_by(tid, facts));
  facts.exclusions = {{.keys = {{"host-traddr", "192.0.2.2"}}}};
  CHECK_FALSE(plan::excluded_by(tid, facts));
}

TEST_CASE("any entry excludes, and unknown exclusions exclude nothing") {
  decide::Facts facts;
  CHECK_FALSE(plan::excluded_by(path(), facts));
  facts.exclusions = {{.text = "a", .keys = {{"trsvcid", "1"}}},
                      {.text = "b", .keys = {{"transport", "tcp"}}}};
  REQUIRE(plan::excluded_by(path(), facts));
  CHECK(plan::excluded_by(path(), facts)->text == "b");
}
