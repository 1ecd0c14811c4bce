// The result for each rule.
#include "analyze/reachability.hpp"
#include "analyze/samples.hpp"

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
