#include "plan/exclusion.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

plan::Tid path() {
  return {.transport = base::Transport::tcp,
          .traddr = base::Traddr::parse(base::Transport::tcp, "192.0.2.10"),
          .trsvcid = 4420,
          .host_iface = "eth1",
          .subsystem_nqn = "nqn.2024-01.com.example:vol1",
          .host_nqn = "nqn.2024-01.com.example:host"};
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
      {"no value for the key", {.keys = {{"host-traddr", "192.0.2.1"}}}, false},
      {"hostid unknown here", {.keys = {{"hostid", ""}}}, false},
      {"unknown key", {.keys = {{"colour", "red"}}, .usable = false}, false},
      {"empty entry", {.keys = {}}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    decide::Facts facts;
    facts.exclusions = std::vector{row.exclusion};
    CHECK((plan::excluded_by(path(), facts) != nullptr) == row.excludes);
  }
}

TEST_CASE("any entry excludes, and unknown exclusions exclude nothing") {
  decide::Facts facts;
  CHECK_FALSE(plan::excluded_by(path(), facts));
  facts.exclusions = {{.text = "a", .keys = {{"trsvcid", "1"}}},
                      {.text = "b", .keys = {{"transport", "tcp"}}}};
  REQUIRE(plan::excluded_by(path(), facts));
  CHECK(plan::excluded_by(path(), facts)->text == "b");
}
