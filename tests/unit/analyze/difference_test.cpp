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
  for (const auto& [what, settings] :
       {std::pair("reasons", &difference.reasons), std::pair("firmware", &difference.firmware),
        std::pair("boot", &difference.boot), std::pair("limits", &difference.limits)})
    for (const auto& one : *settings)
      text += fmt::format("{}: {}: {} -> {}\n", what, one.name, one.before, one.after);
  CHECK(difference.empty() == text.empty());
  return text;
}

constexpr const char* net = "  - { name: net, match: { transport: tcp, traddr: 10.0.0.0/8 }, "
                            "action: connect }\n";

} // namespace

TEST_CASE("the effect of a change of rules") {
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
      {"the firmware's table is taken out", net,
       "  - { name: out, match: { source: nbft }, action: ignore }\n" + std::string(net),
       "no-longer-connected: discovered tcp 10.0.0.1:4420 nqn.2024-01.com.example:vol1 (source "
       "nbft) | connect by `net` | ignored by `out`\n"
       "no-longer-connected: firmware tcp 192.0.2.10:4420 nqn.2024-01.com.example:vol1 (source "
       "nbft) | connect by the firmware's table | ignored by `out`\n"
       "no-longer-discovered: firmware tcp 192.0.2.10:8009 (source nbft) | discover by the "
       "firmware's table | ignored by `out`\n"
       "other-reason: discovered rdma 192.0.2.10:4420 nqn.2024-01.com.example:vol1 (source nbft) | "
       "ignored, no rule matches | ignored by `out`\n"},
      {"an exception comes", net,
       std::string("  - { name: ex, match: { subsystem-nqn: nqn.a:x }, action: ignore }\n") + net,
       "no-longer-connected: discovered tcp 10.0.0.1:4420 nqn.a:x | connect by `net` | ignored by "
       "`ex`\n"
       "no-longer-connected: firmware tcp 192.0.2.10:4420 nqn.a:x | connect by the firmware's "
       "table | ignored by `ex`\n"
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
                  "no-longer-discovered: firmware tcp 10.9.0.1:8009 | discover by the firmware's "
                  "table | denied by `a`\n"
                  "newly-denied: ") == 0);
  CHECK(shown(*one, *other) ==
        "other-guard: discovered tcp 10.9.0.1:4420 nqn.2024-01.com.example:vol1 | denied by `a` | "
        "denied by `b`\n");
  auto const sold = with_guard("{ name: a, match: { traddr: 10.9.0.0/16 }, reason: sold }");
  CHECK(shown(*one, *sold) == "reasons: a: wiped -> sold\n");
}

TEST_CASE("the use of the firmware's table, also where rules decide each of its events") {
  auto const with_firmware = [](const std::string& firmware, const std::string& rules) {
    return tests::loaded("version: 1\n" + firmware + "rules:\n" + rules);
  };
  std::string const ignoring = "firmware: { nbft: ignore }\n";
  std::string const all = "  - { name: dcs, match: { any: true }, action: discover }\n"
                          "  - { name: all, match: { any: true }, action: connect }\n";
  CHECK(shown(*with_firmware("", all), *with_firmware(ignoring, all)) ==
        "firmware: nbft: use -> ignore\n");
  CHECK(shown(*with_firmware(ignoring, all), *with_firmware("", all)) ==
        "firmware: nbft: ignore -> use\n");
  CHECK(shown(*with_firmware("", all), *with_firmware("firmware: { nbft: use }\n", all)).empty());
}

TEST_CASE("what boot waits for") {
  auto const with_boot = [](const std::string& boot) {
    return tests::loaded("version: 1\n" + boot + "rules:\n" + net);
  };
  CHECK(shown(*with_boot(""), *with_boot("boot: { wait-for: [nqn.a, \"nqn.b*\"] }\n")) ==
        "boot: paths:  -> 1\nboot: timeout:  -> 1m\nboot: wait-for:  -> nqn.a, nqn.b*\n");
  CHECK(shown(*with_boot("boot: { wait-for: [nqn.a], timeout: 90s }\n"),
              *with_boot("boot: { wait-for: [nqn.a], paths: 2 }\n")) ==
        "boot: paths: 1 -> 2\nboot: timeout: 90s -> 1m\n");
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

TEST_CASE("the effect of a change of targets") {
  struct Row {
    const char* name;
    std::string before; // targets
    std::string after;
    std::string rules;
    std::string expected;
  };
  auto const target = [](const std::string& name, const std::string& more) {
    return fmt::format("{{ name: {}, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a{} }}",
                       name, more);
  };
  auto const connect = [](const std::string& match, const std::string& more = {}) {
    return fmt::format("{{ name: c, match: {{ {} }}, action: connect{} }}", match, more);
  };
  std::string const four = target("v", ", connect: { nr-io-queues: 4 }");
  std::string const five = target("v", ", connect: { nr-io-queues: 5 }");
  std::string const fc =
      "name: v, transport: fc, traddr: \"nn-1000000000000001:pn-1000000000000002\"";
  std::string const port = "host-traddr: \"nn-2000000000000001:pn-*\"";
  std::string const dc = "{ name: a, transport: tcp, traddr: 10.0.0.1 }";
  std::string const renamed = "{ name: b, transport: tcp, traddr: 10.0.0.1 }";
  std::string const discover = "{ name: d, match: { event: discovery-log-changed }, "
                               "action: discover }, ";
  std::string const b_elsewhere =
      ", { name: b, transport: tcp, traddr: 10.0.0.9, subsystem-nqn: nqn.x }";
  std::string const a_elsewhere =
      ", { name: a, transport: tcp, traddr: 10.0.0.9, subsystem-nqn: nqn.x }";
  Row const rows[] = {
      {"another name", four, target("w", ", connect: { nr-io-queues: 4 }"), connect("any: true"),
       ""},
      {"two swap their names",
       target("v", "") + ", { name: w, transport: tcp, traddr: 10.0.0.2, subsystem-nqn: nqn.a }",
       target("w", "") + ", { name: v, transport: tcp, traddr: 10.0.0.2, subsystem-nqn: nqn.a }",
       connect("any: true"), ""},
      {"it says what its rule says anyway", target("v", ""), four,
       connect("any: true", ", connect: { nr-io-queues: 4 }"), ""},
      {"it says what it never gets", target("v", ""), target("v", ", connect: { tos: 8 }"),
       "{ name: i, match: { any: true }, action: ignore }", ""},
      {"an option, decided by the host's name", four, five, connect("hostname: \"web-*\""),
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (hostname web-1, target v) | connect by `c` | "
       "connect by `c` [nr-io-queues: 4 -> 5]\n"
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (target v) | connect by target `v` | connect "
       "by "
       "target `v` [nr-io-queues: 4 -> 5]\n"},
      {"an option, decided by the host NQN", four, five, connect("host-nqn: \"nqn.b:*\""),
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (host-nqn nqn.b:vol1, target v) | connect by "
       "`c` | connect by `c` [nr-io-queues: 4 -> 5]\n"
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (target v) | connect by target `v` | connect "
       "by "
       "target `v` [nr-io-queues: 4 -> 5]\n"},
      {"an option, decided by the host port", "{ " + fc + ", connect: { keep-alive-tmo: 4s } }",
       "{ " + fc + ", connect: { keep-alive-tmo: 5s } }",
       "{ name: c, match: { " + port + " }, action: discover }",
       "other-options: boot fc nn-0x1000000000000001:pn-0x1000000000000002 (a discovery "
       "controller) (host-traddr nn-0x2000000000000001:pn-0x200200a098000001, target v) | discover "
       "by `c` | discover by `c` [keep-alive-tmo: 4s -> 5s]\n"
       "other-options: boot fc nn-0x1000000000000001:pn-0x1000000000000002 (a discovery "
       "controller) (target v) | discover by target `v` | discover by target `v` [keep-alive-tmo: "
       "4s -> 5s]\n"},
      {"a subsystem on fc has no host port yet when it is decided",
       "{ " + fc + ", subsystem-nqn: nqn.a, connect: { nr-io-queues: 4 } }",
       "{ " + fc + ", subsystem-nqn: nqn.a, connect: { nr-io-queues: 5 } }", connect(port),
       "other-options: boot fc nn-0x1000000000000001:pn-0x1000000000000002 nqn.a (target v) | "
       "connect by target `v` | connect by target `v` [nr-io-queues: 4 -> 5]\n"
       "other-options: discovered fc nn-0x1000000000000001:pn-0x1000000000000002 nqn.a "
       "(host-traddr "
       "nn-0x2000000000000001:pn-0x200200a098000001, target v) | connect by `c` | connect by `c` "
       "[nr-io-queues: 4 -> 5]\n"},
      {"a new one, for some hosts", "", target("v", ""), connect("hostname: \"web-*\""),
       "newly-connected: boot tcp 10.0.0.1:4420 nqn.a (hostname web-1, target v) | - | connect by "
       "`c`\n"
       "newly-connected: discovered tcp 10.0.0.1:4420 nqn.a (target v) | ignored, no rule matches "
       "| "
       "connect by target `v`\n"},
      {"a new one, for nobody", "", target("v", ""), connect("traddr: 10.0.0.2"),
       "newly-connected: boot tcp 10.0.0.1:4420 nqn.a (target v) | - | connect by target `v`\n"},
      {"a new one, that a rule takes out", "", target("v", ""),
       "{ name: i, match: { traddr: 10.0.0.1 }, action: ignore }",
       "other-target: boot tcp 10.0.0.1:4420 nqn.a (target v) | - | ignored by `i`\n"},
      {"one that loses its rule's option", target("v", ""), four, connect("traddr: 10.0.0.2"),
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (target v) | connect by target `v` | connect "
       "by "
       "target `v` [nr-io-queues:  -> 4]\n"},
      {"a name that a `source` asks for", dc + b_elsewhere, renamed + a_elsewhere,
       discover + connect("source: a", ", probe: false") +
           ", { name: e, match: { source: b }, action: connect }",
       "other-options: boot tcp 10.0.0.1:8009 (a discovery controller) (target b) | discover by "
       "target `a` | discover by target `b` [source: a -> b]\n"
       "other-options: discovery-log-changed tcp 10.0.0.1:8009 (target b) | discover by `d` | "
       "discover by `d` [source: a -> b]\n"},
      {"a name that no `source` distinguishes from the other", dc + b_elsewhere,
       renamed + a_elsewhere, discover + connect("source: [a, b]"), ""},
      {"a name of what is never discovered", dc + b_elsewhere, renamed + a_elsewhere,
       "{ name: i, match: { traddr: 10.0.0.1 }, action: ignore }, " + connect("source: a") +
           ", { name: e, match: { source: b }, action: ignore }",
       ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const policy = [&](const std::string& targets) {
      return tests::loaded("version: 1\n" +
                           (targets.empty() ? "" : "targets: [" + targets + "]\n") + "rules: [" +
                           row.rules + "]\n");
    };
    CHECK(shown(*policy(row.before), *policy(row.after)) == row.expected);
  }
}

TEST_CASE("an event of a target is decided by the target where no rule is left") {
  struct Row {
    const char* name;
    std::string before; // targets, rules
    std::string after;
    const char* expected;
  };
  std::string const one = "transport: tcp, traddr: 10.0.0.1, trsvcid: 8009";
  std::string const dc = "targets: [{ name: dc, transport: tcp, traddr: 10.0.0.1 }]\n";
  std::string const tuned = "targets: [{ name: dc, transport: tcp, traddr: 10.0.0.1, connect: { "
                            "keep-alive-tmo: 9s } }]\n";
  std::string const volumes = "{ name: c, match: { transport: tcp }, action: connect }";
  auto const rules = [&](const std::string& first) {
    return "rules: [" + first + (first.empty() ? "" : ", ") + volumes + "]\n";
  };
  auto const discover = [](const std::string& match, const std::string& more = {}) {
    return "{ name: d, match: { " + match + " }, action: discover" + more + " }";
  };
  Row const rows[] = {
      {"a rule that repeats its address goes", dc + rules(discover(one)), dc + rules(""), ""},
      {"a rule for its later events alone goes",
       dc + rules(discover(one + ", event: discovery-log-changed")), dc + rules(""), ""},
      {"a rule that says more than the target goes",
       dc + rules(discover(one + ", event: discovery-log-changed", ", poll: 1h")), dc + rules(""),
       "other-options: discovery-log-changed tcp 10.0.0.1:8009 (target dc) | discover by `d` | "
       "discover by target `dc` [poll: 1h -> ]\n"},
      {"a rule that is wider goes",
       dc + rules(discover("transport: tcp, traddr: 10.0.0.0/24, trsvcid: 8009")), dc + rules(""),
       "no-longer-discovered: discovery-log-changed tcp 10.0.0.0:8009 | discover by `d` | ignored, "
       "no rule matches\n"},
      {"a rule takes its later events out", dc + rules(""),
       dc + rules("{ name: i, match: { event: discovery-log-changed, " + one +
                  " }, action: ignore }"),
       "no-longer-discovered: discovery-log-changed tcp 10.0.0.1:8009 (target dc) | discover by "
       "target `dc` | ignored by `i`\n"},
      {"a target takes the place of its rule", rules(discover(one)), dc + rules(""),
       "newly-discovered: boot tcp 10.0.0.1:8009 (a discovery controller) (target dc) | - | "
       "discover by target `dc`\n"},
      {"and says more", rules(discover(one)), tuned + rules(""),
       "newly-discovered: boot tcp 10.0.0.1:8009 (a discovery controller) (target dc) | - | "
       "discover by target `dc`\n"
       "other-options: discovery-log-changed tcp 10.0.0.1:8009 (target dc) | discover by `d` | "
       "discover by target `dc` [keep-alive-tmo:  -> 9s]\n"},
      {"it moves, and a rule asks for its name",
       dc + rules("{ name: i, match: { source: dc, event: discovery-log-changed }, action: ignore "
                  "}"),
       "targets: [{ name: dc, transport: tcp, traddr: 10.0.0.9 }]\n" +
           rules("{ name: i, match: { source: dc, event: discovery-log-changed }, action: ignore "
                 "}"),
       "newly-discovered: boot tcp 10.0.0.9:8009 (a discovery controller) (target dc) | - | "
       "discover by target `dc`\n"
       "no-longer-discovered: boot tcp 10.0.0.1:8009 (a discovery controller) (target dc) | "
       "discover by target `dc` | -\n"
       "other-reason: discovery-log-changed tcp 10.0.0.9:8009 (target dc) | ignored, no rule "
       "matches | ignored by `i`\n"
       "other-reason: discovery-log-changed tcp 10.0.0.1:8009 (target dc) | ignored by `i` | "
       "ignored, no rule matches\n"},
      {"settings that its rule never gives it", tuned + rules(discover(one)),
       tuned + rules(discover(one, ", connect: { keep-alive-tmo: 7s }")), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(shown(*tests::loaded("version: 1\n" + row.before),
                *tests::loaded("version: 1\n" + row.after)) == row.expected);
  }
}

TEST_CASE("of several targets of one port the one that says most has the event") {
  std::string const open = "{ name: open, transport: tcp, traddr: 10.0.0.1 }";
  std::string const pinned =
      ", { name: pinned, transport: tcp, traddr: 10.0.0.1, host-iface: ens1, connect: { "
      "keep-alive-tmo: 9s } }";
  auto const policy = [&](const char* rule) {
    return tests::loaded("version: 1\ntargets: [" + open + pinned + "]\nrules: [" +
                         std::string(rule) +
                         "{ name: c, match: { transport: tcp }, action: connect }]\n");
  };
  CHECK(shown(*policy(""), *policy("{ name: d, match: { transport: tcp, traddr: 10.0.0.1, trsvcid: "
                                   "8009, host-iface: ens1 }, action: discover, connect: { "
                                   "keep-alive-tmo: 7s } }, ")) == "");
}

TEST_CASE("the identity of a target is what it is, not what it is called") {
  struct Row {
    const char* name;
    const char* before; // identities
    const char* after;
    const char* rule;
    const char* expected;
  };
  constexpr const char* ten = "ten: { hostnqn: nqn.h:ten, hostid: "
                              "11111111-2222-4333-8444-555555555555 }";
  constexpr const char* other = "ten: { hostnqn: nqn.h:other, hostid: "
                                "11111111-2222-4333-8444-555555555555 }";
  constexpr const char* any = "{ name: c, match: { any: true }, action: connect }";
  Row const rows[] = {
      {"the same", ten, ten, any, ""},
      {"another host NQN", ten, other, any,
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (host-nqn nqn.h:other, target v) | connect by "
       "`c` | connect by `c` [hostnqn: nqn.h:ten -> nqn.h:other]\n"},
      {"another host NQN that the rule does not accept", ten, other,
       "{ name: c, match: { host-nqn: nqn.h:ten }, action: connect }",
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (host-nqn nqn.h:other, target v) | "
       "connect by `c` | connect by target `v` [hostnqn: nqn.h:ten -> nqn.h:other]\n"},
      {"another host NQN, whatever identity the rule names", ten, other,
       "{ name: c, match: { any: true }, action: connect, identity: own }",
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (host-nqn nqn.h:other, target v) | connect by "
       "`c` | connect by `c` [hostnqn: nqn.h:ten -> nqn.h:other]\n"},
      {"a secret", ten,
       "ten: { hostnqn: nqn.h:ten, hostid: 11111111-2222-4333-8444-555555555555, dhchap-secret: "
       "{ credential: k } }",
       any,
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (host-nqn nqn.h:ten, target v) | connect by "
       "`c` | connect by `c` [dhchap-secret:  -> {credential: k}]\n"},
      {"a file instead", ten,
       "ten: { hostnqn: { file: /etc/nvme/ten }, hostid: 11111111-2222-4333-8444-555555555555 }",
       "{ name: c, match: { host-nqn: nqn.h:ten }, action: connect }",
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (host-nqn nqn.h:ten, target v) | connect by "
       "`c` | connect by `c` [hostnqn: nqn.h:ten -> file /etc/nvme/ten]\n"
       "other-options: boot tcp 10.0.0.1:4420 nqn.a (target v) | connect by `c` | connect by "
       "target "
       "`v` [hostnqn: nqn.h:ten -> file /etc/nvme/ten]\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const policy = [&](const char* identity) {
      return tests::loaded(
          fmt::format("version: 1\nidentities: {{ {}, own: {{ hostnqn: nqn.h:own, hostid: "
                      "11111111-2222-4333-8444-555555555556 }} }}\ntargets: [{{ name: v, "
                      "transport: tcp, traddr: 10.0.0.1, "
                      "subsystem-nqn: nqn.a, identity: ten }}]\nrules: [{}]\n",
                      identity, row.rule));
    };
    CHECK(shown(*policy(row.before), *policy(row.after)) == row.expected);
  }
}

TEST_CASE("who discovers counts where a `source` asks for it") {
  std::string const a =
      "  - { name: a, match: { transport: tcp, traddr: 10.0.0.0/24 }, action: discover }\n";
  std::string const b =
      "  - { name: b, match: { transport: tcp, traddr: 10.0.0.0/16 }, action: discover }\n";
  auto const asks = [](const char* source) {
    return fmt::format("  - {{ name: c, match: {{ source: {} }}, action: connect }}\n", source);
  };
  CHECK(shown(*tests::with_rules(a + b + asks("a")), *tests::with_rules(b + a + asks("a"))) ==
        "other-options: discovery-log-changed tcp 10.0.0.1:8009 | discover by `a` | discover by "
        "`b` [source: a -> ]\n");
  CHECK(shown(*tests::with_rules(a + b + asks("[a, b]")),
              *tests::with_rules(b + a + asks("[a, b]"))) == "");
  CHECK(shown(*tests::with_rules(a + b), *tests::with_rules(b + a)) == "");
}

TEST_CASE("limits") {
  auto const with_limits = [](const std::string& limits) {
    return tests::loaded("version: 1\n" + limits + "rules:\n" + net);
  };
  CHECK(shown(*with_limits(""), *with_limits("limits: { referral-depth: 8 }\n")) == "");
  CHECK(shown(*with_limits("limits: { log-entries: 2 }\n"),
              *with_limits("limits: { referral-depth: 1 }\n")) ==
        "limits: log-entries: 2 -> 4096\nlimits: referral-depth: 8 -> 1\n");
}

TEST_CASE("a budget that is reached does not prove that nothing differs") {
  auto const before = tests::with_rules(net);
  auto const after =
      tests::with_rules("  - { name: all, match: { any: true }, action: connect }\n");
  auto const difference = analyze::difference(*before, *after, {.steps = 1, .steps_each = 1});
  CHECK(difference.incomplete);
  CHECK_FALSE(difference.empty());
}
