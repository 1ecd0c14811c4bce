// The result for each rule.
#include "analyze/reachability.hpp"
#include "analyze/samples.hpp"

#include <fmt/format.h>
#include <iterator>
#include <string_view>

using namespace nvmf;
using analyze::Reach;

TEST_CASE("one answer per rule, with an example that the matcher confirms") {
  auto const policy = tests::loaded(
      "version: 1\n"
      "deny: [{ name: nope, match: { traddr: 10.9.0.0/16 }, reason: x }]\n"
      "rules:\n"
      "  - { name: net, match: { traddr: 10.0.0.0/8 }, action: connect }\n"
      "  - { name: shadowed, match: { traddr: 10.1.0.0/16, subsystem-nqn: nqn.a }, action: ignore "
      "}\n"
      "  - { name: redundant, match: { traddr: 10.1.0.0/16 }, action: connect }\n"
      "  - { name: denied, match: { traddr: 10.9.1.1 }, action: connect }\n"
      "  - { name: host, match: { traddr: 11.0.0.0/8, hostname: \"web-*\" }, action: connect }\n"
      "  - { name: on-host, match: { traddr: 11.1.0.0/16, hostname: web-1 }, action: connect }\n");
  struct Row {
    const char* name;
    Reach reach;
    const char* decided_by;
  };
  Row const rows[] = {
      {"net", Reach::decides, "net"},
      {"shadowed", Reach::shadowed, "net"},
      {"redundant", Reach::redundant, "net"},
      {"denied", Reach::always_denied, "nope"},
      {"host", Reach::decides, "host"},
      // The rule before it depends on the host's name: nothing is said.
      {"on-host", Reach::unknown, ""},
  };
  auto const result = analyze::analyze(*policy);
  REQUIRE(result.rules.size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CAPTURE(rows[i].name);
    const analyze::RuleReach& reach = result.rules[i];
    CHECK(reach.rule->name == rows[i].name);
    CHECK(analyze::to_string(reach.reach) == analyze::to_string(rows[i].reach));
    REQUIRE(reach.example.has_value() == (rows[i].reach != Reach::unknown));
    if (!reach.example)
      continue;
    auto const decision = decide::decide(*policy, reach.example->event, reach.example->hostname);
    CHECK(decision.rule == reach.example->decision.rule);
    CHECK(decision.guard == reach.example->decision.guard);
    CHECK((decision.guard ? decision.guard->name : decision.rule->name) == rows[i].decided_by);
  }
  CHECK(result.rules[4].example->hostname == "web-1");
}

TEST_CASE("a budget that is reached leaves rules open and says so") {
  auto const policy =
      tests::with_rules("  - { name: a, match: { any: true }, action: connect }\n"
                        "  - { name: b, match: { transport: tcp }, action: ignore }\n");
  auto const result = analyze::analyze(*policy, {.steps = 5, .steps_each = 5});
  CHECK(result.incomplete);
  for (const analyze::RuleReach& reach : result.rules)
    CHECK(reach.reach == Reach::unknown);
  CHECK(result.findings.empty());
}

// Of entries alone: the firmware's events keep the identity of its table.
TEST_CASE("a guard takes a rule's events only where it denies what the rule would make of them") {
  const struct {
    const char* name;
    const char* guard;
    const char* rule;
    Reach reach;
  } rows[] = {
      {"another identity than the rule's", "identity: default", "identity: red", Reach::decides},
      {"all but the rule's identity", "not: { identity: red }", "identity: red", Reach::decides},
      {"the rule's identity", "identity: red", "identity: red", Reach::always_denied},
      {"all but another identity", "not: { identity: blue }", "identity: red",
       Reach::always_denied},
      {"the rule's host NQN", "host-nqn: \"*:red\"", "identity: red", Reach::always_denied},
      {"all but the rule's host NQN", "not: { host-nqn: \"*:red\" }", "identity: red",
       Reach::decides},
      {"an inherited identity that is not the only one", "identity: red", "probe: true",
       Reach::decides},
      {"an address", "traddr: 10.0.0.0/8", "identity: red", Reach::always_denied},
      {"the inherited interface", "host-iface: eno1", "probe: true", Reach::always_denied},
      {"the inherited interface, where another may be taken", "host-iface: eno1",
       "host-side: same-subnet", Reach::unknown},
      {"all but one interface, which routing may choose", "not: { host-iface: eno2 }",
       "probe: true", Reach::unknown},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    bool const asks_interface = std::string_view(row.guard).find("host-iface") != std::string::npos;
    auto const policy = tests::loaded(fmt::format(
        "version: 1\n"
        "identities:\n"
        "  red: {{ hostnqn: \"nqn.a:red\", hostid: 6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33 }}\n"
        "  blue: {{ hostnqn: \"nqn.a:blue\", hostid: 7fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33 }}\n"
        "deny: [{{ name: nope, match: {{ {} }}, reason: x }}]\n"
        "rules:\n"
        "  - {{ name: net, match: {{ event: discovered, traddr: 10.0.0.0/8{} }}, action: connect, "
        "{} }}\n",
        row.guard, asks_interface ? ", host-iface: eno1" : "", row.rule));
    auto const result = analyze::analyze(*policy);
    REQUIRE(result.rules.size() == 1);
    CHECK(analyze::to_string(result.rules.front().reach) == analyze::to_string(row.reach));
    CHECK_FALSE(result.incomplete);
  }
}
