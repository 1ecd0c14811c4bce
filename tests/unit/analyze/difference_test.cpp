// The events that two policies decide differently.
#include "analyze/difference.hpp"
#include "analyze/samples.hpp"

#include <fmt/format.h>

using namespace nvmf;

namespace {

std::string shown(const policy::Policy& before, const policy::Policy& after) {
  std::string text;
  auto const difference = analyze::difference(before, after);
  CHECK_FALSE(difference.incomplete);
  for (const analyze::Change& change : difference.changes) {
    text += fmt::format("{}: {} | {} | {}", analyze::to_string(change.kind),
                        analyze::describe(change.event, change.hostname),
                        change.only_after ? "-" : analyze::describe(before, change.before),
                        change.only_before ? "-" : analyze::describe(after, change.after));
    for (const auto& setting : change.settings)
      text += fmt::format(" [{}: {} -> {}]", setting.name, setting.before, setting.after);
    text += "\n";
  }
  return text;
}

constexpr const char* net = "  - { name: net, match: { transport: tcp, traddr: 10.0.0.0/8 }, "
                            "action: connect }\n";

} // namespace

TEST_CASE("what a change of rules does") {
  struct Row {
    const char* name;
    std::string before;
    std::string after;
    const char* expected;
  };
  Row const rows[] = {
      {"nothing", net, net, ""},
      {"a rule is renamed", net,
       "  - { name: storage, match: { transport: tcp, traddr: 10.0.0.0/8 }, action: connect }\n",
       ""},
      {"a match is written otherwise", net,
       "  - { name: net, match: { transport: tcp, traddr: [10.0.0.0/9, "
       "10.128.0.0-10.255.255.255] }, action: connect }\n",
       ""},
      {"a redundant rule goes",
       std::string(net) +
           "  - { name: sub, match: { transport: tcp, traddr: 10.1.0.0/16 }, action: "
           "connect }\n",
       net, ""},
      {"a network grows", net,
       "  - { name: net, match: { transport: tcp, traddr: 10.0.0.0/7 }, action: connect }\n",
       "newly-connected: discovered tcp 11.0.0.1:4420 nqn.2024-01.com.example:vol1 | ignored, no "
       "rule matches | connect by `net`\n"},
      {"an exception comes", net,
       std::string("  - { name: ex, match: { subsystem-nqn: nqn.a:x }, action: ignore }\n") + net,
       "no-longer-connected: discovered tcp 10.0.0.1:4420 nqn.a:x | connect by `net` | ignored by "
       "`ex`\n"
       "other-reason: discovered rdma 192.0.2.10:4420 nqn.a:x | ignored, no rule matches | ignored "
       "by `ex`\n"},
      {"an option changes", net,
       "  - { name: net, match: { transport: tcp, traddr: 10.0.0.0/8 }, action: connect, connect: "
       "{ "
       "nr-io-queues: 8 } }\n",
       "other-options: discovered tcp 10.0.0.1:4420 nqn.2024-01.com.example:vol1 | connect by "
       "`net` "
       "| connect by `net` [nr-io-queues:  -> 8]\n"},
      {"a rule for some hosts", net,
       "  - { name: net, match: { transport: tcp, traddr: 10.0.0.0/8, hostname: \"web-*\" }, "
       "action: connect }\n",
       "no-longer-connected: discovered tcp 10.0.0.1:4420 nqn.2024-01.com.example:vol1 | connect "
       "by "
       "`net` | ignored, no rule matches\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(shown(*tests::with_rules(row.before), *tests::with_rules(row.after)) == row.expected);
  }
}

TEST_CASE("guards") {
  auto const with_guard = [](const std::string& guard) {
    return tests::loaded("version: 1\ndeny: [" + guard + "]\nrules:\n" + net);
  };
  auto const none = tests::with_rules(net);
  auto const one = with_guard("{ name: a, match: { traddr: 10.9.0.0/16 }, reason: wiped }");
  auto const other = with_guard("{ name: b, match: { traddr: 10.9.0.0/16 }, reason: wiped }");
  CHECK(shown(*none, *one)
            .find("no-longer-connected: discovered tcp 10.9.0.1:4420 "
                  "nqn.2024-01.com.example:vol1 | connect by `net` | denied by `a`\n"
                  "newly-denied: ") == 0);
  CHECK(shown(*one, *other) ==
        "other-guard: discovered tcp 10.9.0.1:4420 nqn.2024-01.com.example:vol1 | denied by `a` | "
        "denied by `b`\n");
}

TEST_CASE("targets") {
  auto const with_targets = [](const std::string& targets) {
    return tests::loaded("version: 1\ntargets: [" + targets +
                         "]\nrules: [{ name: all, match: { any: true }, action: connect }]\n");
  };
  auto const one =
      with_targets("{ name: v, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a }");
  auto const two =
      with_targets("{ name: v, transport: tcp, traddr: 10.0.0.2, subsystem-nqn: nqn.a }");
  auto const tuned =
      with_targets("{ name: v, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a, "
                   "connect: { tos: 8 } }");
  CHECK(shown(*one, *two) ==
        "newly-connected: boot tcp 10.0.0.2:4420 nqn.a (target v) | - | connect by `all`\n"
        "no-longer-connected: boot tcp 10.0.0.1:4420 nqn.a (target v) | connect by `all` | -\n");
  CHECK(shown(*one, *tuned) ==
        "other-options: boot tcp 10.0.0.1:4420 nqn.a (target v) | connect by "
        "`all` | connect by `all` [tos:  -> 8]\n");
}

TEST_CASE("a budget that is reached is no proof that nothing differs") {
  auto const before = tests::with_rules(net);
  auto const after =
      tests::with_rules("  - { name: all, match: { any: true }, action: connect }\n");
  auto const difference = analyze::difference(*before, *after, {.steps = 1, .steps_each = 1});
  CHECK(difference.incomplete);
  CHECK_FALSE(difference.empty());
}
