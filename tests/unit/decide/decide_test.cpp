#include "decide/decide.hpp"
#include "decide/samples.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using decide::Outcome;
using decide::Reason;
using tests::discovered_tcp;
using tests::log_changed_tcp;

namespace {

const char* const example = R"(version: 1
sets:
  storage-nets: { traddr: [10.20.0.0/16, 10.21.0.0/16] }
deny:
  - name: retired-array
    match: { traddr: 10.20.9.0/24 }
    reason: "array is being wiped"
rules:
  - name: storage-discovery
    match: { transport: tcp, traddr: "@storage-nets", trsvcid: 8009 }
    action: discover
  - name: no-scratch
    match: { subsystem-nqn: "nqn.2014-08.com.example:*.scratch" }
    action: ignore
  - name: prod-volumes
    match: { transport: tcp, traddr: "@storage-nets", subsystem-nqn: "nqn.2014-08.com.example:prod.*" }
    action: connect
  - name: all-else
    match: { any: true }
    action: ignore
)";

std::string name_of(const decide::Decision& decision) {
  if (decision.guard)
    return decision.guard->name;
  return decision.rule ? decision.rule->name : "";
}

} // namespace

TEST_CASE("guards first, then the first rule that matches") {
  auto const policy = tests::loaded(example);
  struct {
    const char* name;
    event::Event event;
    Outcome outcome;
    std::optional<Reason> reason;
    const char* by;
  } const rows[] = {
      {"discovery controller", log_changed_tcp("10.20.1.10"), Outcome::discover, std::nullopt,
       "storage-discovery"},
      {"allowed volume", discovered_tcp("10.20.1.21", "nqn.2014-08.com.example:prod.vol7"),
       Outcome::connect, std::nullopt, "prod-volumes"},
      {"guard beats the rule that would connect",
       discovered_tcp("10.20.9.4", "nqn.2014-08.com.example:prod.old"), Outcome::denied,
       Reason::denied, "retired-array"},
      {"guard applies to discovery controllers too", log_changed_tcp("10.20.9.1"), Outcome::denied,
       Reason::denied, "retired-array"},
      {"the earlier rule wins",
       discovered_tcp("10.20.1.21", "nqn.2014-08.com.example:prod.scratch"), Outcome::ignored,
       Reason::ignored_by_rule, "no-scratch"},
      {"the last rule takes the rest", discovered_tcp("192.0.2.1", "nqn.2020-01.org.lab:x"),
       Outcome::ignored, Reason::ignored_by_rule, "all-else"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const decision = decide::decide(*policy, row.event, std::nullopt);
    CHECK(decision.outcome == row.outcome);
    CHECK(decision.reason == row.reason);
    CHECK(name_of(decision) == row.by);
  }
}

TEST_CASE("no match means ignored") {
  auto const policy =
      tests::with_rules("  - name: it\n    match: { transport: fc }\n    action: discover\n");
  auto const decision = decide::decide(*policy, log_changed_tcp("10.0.0.1"), std::nullopt);
  CHECK(decision.outcome == Outcome::ignored);
  CHECK(decision.reason == Reason::no_rule_matched);
  CHECK(decision.rule == nullptr);
}

TEST_CASE("a rule passes by events that its action does not apply to") {
  auto const policy =
      tests::with_rules("  - name: d\n    match: { any: true }\n    action: discover\n"
                        "  - name: c\n    match: { any: true }\n    action: connect\n");
  auto const io = decide::decide(*policy, discovered_tcp("10.0.0.1", "nqn.x:y"), std::nullopt);
  CHECK(name_of(io) == "c");
  auto const dc = decide::decide(*policy, log_changed_tcp("10.0.0.1"), std::nullopt);
  CHECK(name_of(dc) == "d");
}

TEST_CASE("the trace has every guard, rule and clause, and the closest rule") {
  auto const policy = tests::loaded(example);
  decide::Trace trace;
  decide::decide(*policy, discovered_tcp("192.0.2.5", "nqn.2020-01.org.lab:scratch.1"),
                 std::nullopt, &trace);
  REQUIRE(trace.guards.size() == 1);
  REQUIRE(trace.rules.size() == 4);
  CHECK_FALSE(trace.guards[0].matched);
  CHECK_FALSE(trace.rules[0].applies_to_event);
  CHECK(trace.rules[2].clauses.size() == 3);
  CHECK(trace.rules[3].matched);
  auto const closest = decide::closest_rule(trace);
  REQUIRE(closest);
  CHECK(closest->rule->rule->name == "prod-volumes");
  CHECK(closest->holding == 1);
  CHECK(closest->total == 3);
  CHECK(closest->first_failed->clause->key == policy::MatchKey::traddr);
}

TEST_CASE("no rule is close when none holds a clause") {
  auto const policy =
      tests::with_rules("  - name: it\n    match: { transport: fc }\n    action: connect\n");
  decide::Trace trace;
  decide::decide(*policy, discovered_tcp("10.0.0.1", "nqn.x:y"), std::nullopt, &trace);
  CHECK_FALSE(decide::closest_rule(trace));
}
