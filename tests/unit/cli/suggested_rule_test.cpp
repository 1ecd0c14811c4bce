#include "cli/suggested_rule.hpp"

#include "load/load.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

event::Event subsystem(const std::string& nqn) {
  return {.kind = base::EventKind::discovered,
          .subject = base::Subject::io_subsystem,
          .endpoint = {.traddr = base::Traddr::parse_any("10.20.1.21"), .trsvcid = 4420},
          .subsystem_nqn = nqn};
}

event::Event discovery_controller(const std::string& address) {
  return {.kind = base::EventKind::discovery_log_changed,
          .endpoint = {.traddr = base::Traddr::parse_any(address), .trsvcid = 8009}};
}

const std::string small_policy = R"(version: 1
deny:
  - { name: wiped, match: { subsystem-nqn: "nqn.2014-08.com.example:old" }, reason: "wiped" }
rules:
  - { name: storage, match: { traddr: 10.20.0.0/16 }, action: discover }
  - { name: new-subsystem, match: { subsystem-nqn: "nqn.2014-08.com.example:a" }, action: connect }
  - { name: scratch, match: { subsystem-nqn: "nqn.2014-08.com.example:scratch*" }, action: ignore }
)";

} // namespace

TEST_CASE("suggest_rule: the smallest rule, where it helps") {
  const auto loaded = load::load_text("policy.yaml", small_policy);
  REQUIRE(loaded.policy);
  struct Row {
    const char* name;
    event::Event event;
    std::string yaml; // empty: no rule can help
    std::string where;
  };
  const Row rows[] = {
      {"nothing matched", subsystem("nqn.2014-08.com.example:b"),
       "  - name: new-subsystem-2\n"
       "    match: { transport: tcp, subsystem-nqn: \"nqn.2014-08.com.example:b\" }\n"
       "    action: connect\n",
       "after the other rules"},
      {"a rule ignores it", subsystem("nqn.2014-08.com.example:scratch.1"),
       "  - name: new-subsystem-2\n"
       "    match: { transport: tcp, subsystem-nqn: \"nqn.2014-08.com.example:scratch.1\" }\n"
       "    action: connect\n",
       "before rule `scratch`"},
      {"a discovery controller", discovery_controller("192.0.2.1"),
       "  - name: new-discovery\n"
       "    match: { transport: tcp, traddr: \"192.0.2.1\", trsvcid: 8009 }\n"
       "    action: discover\n",
       "after the other rules"},
      {"accepted already", subsystem("nqn.2014-08.com.example:a"), "", ""},
      {"denied by a guard", subsystem("nqn.2014-08.com.example:old"), "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto rule = cli::suggest_rule(*loaded.policy, row.event, std::nullopt);
    CHECK(rule.has_value() == !row.yaml.empty());
    if (rule) {
      CHECK(rule->yaml == row.yaml);
      CHECK(rule->where == row.where);
    }
  }
}
