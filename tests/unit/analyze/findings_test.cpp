// The findings NVP401 to NVP410: each with a policy that has it, and near misses that do not.
#include "analyze/reachability.hpp"
#include "analyze/samples.hpp"
#include "diag/render.hpp"

#include <fmt/format.h>

using namespace nvmf;
using tests::loaded;
using tests::with_rules;

namespace {

// `CODE LINE MESSAGE`, then notes, example and help, indented.
std::string shown(const diag::Finding& finding) {
  std::string text = fmt::format("{} {} {}\n", finding.code, finding.spans.front().span.start.line,
                                 finding.message);
  for (const std::string& note : finding.notes)
    text += "  " + note + "\n";
  if (finding.witness)
    text += "  for example: " + *finding.witness + "\n";
  return text;
}

std::string findings(const policy::Policy& policy) {
  std::string text;
  auto const result = analyze::analyze(policy);
  CHECK_FALSE(result.incomplete);
  for (const diag::Finding& finding : result.findings)
    text += shown(finding);
  return text;
}

std::string findings(const std::string& rules) { return findings(*with_rules(rules)); }

} // namespace

TEST_CASE("401: what shadows a rule") {
  CHECK(
      findings("  - { name: prod, match: { traddr: 10.20.0.0/16, subsystem-nqn: "
               "\"nqn.2014-08.com.example:prod.*\" }, action: connect }\n"
               "  - { name: db, match: { traddr: 10.20.1.21, subsystem-nqn: "
               "nqn.2014-08.com.example:prod.db }, action: ignore }\n") ==
      "401 4 rule `db` can never decide\n"
      "  `prod` (line 3) takes every event that it could match\n"
      "  for example: discovered tcp 10.20.1.21:4420 nqn.2014-08.com.example:prod.db → connect by "
      "`prod`\n");
}

TEST_CASE("401: several rules together, the one that decides differently first") {
  CHECK(findings("  - { name: low, match: { traddr: 10.0.0.0/25, subsystem-nqn: \"nqn.*\" }, "
                 "action: connect }\n"
                 "  - { name: high, match: { traddr: 10.0.0.128/25 }, action: ignore }\n"
                 "  - { name: both, match: { traddr: 10.0.0.0/24, subsystem-nqn: \"nqn.a*\" }, "
                 "action: connect }\n") ==
        "401 5 rule `both` can never decide\n"
        "  `high` (line 4) and `low` (line 3) together take every event that it could match\n"
        "  for example: discovered tcp 10.0.0.128:4420 nqn.a1 → ignored by `high`\n");
}

TEST_CASE("401: the help names the wider rule") {
  auto const policy = with_rules("  - { name: all, match: { any: true }, action: connect }\n"
                                 "  - { name: one, match: { traddr: 10.0.0.1 }, action: ignore }\n"
                                 "  - { name: dc, match: { any: true }, action: discover }\n");
  // `one` also applies to discovery controllers, which `all` does not.
  CHECK(analyze::analyze(*policy).findings.empty());
  auto const shadowed =
      with_rules("  - { name: all, match: { any: true }, action: connect }\n"
                 "  - { name: one, match: { subsystem-nqn: nqn.a }, action: ignore }\n");
  auto const result = analyze::analyze(*shadowed);
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings.front().help == "if it is an exception, move `one` before `all`");
  CHECK(result.findings.front().severity == diag::Severity::warning);
  REQUIRE(result.findings.front().spans.size() == 2);
  CHECK(result.findings.front().spans[1].span.start.line == 3);
}

TEST_CASE("401, 402: near misses") {
  struct Row {
    const char* name;
    const char* rules;
  };
  Row const rows[] = {
      {"one address more",
       "  - { name: a, match: { traddr: 10.0.0.1-10.0.0.254 }, action: ignore }\n"
       "  - { name: b, match: { traddr: 10.0.0.0/24 }, action: ignore }\n"},
      {"any port is also no port", "  - { name: a, match: { transport: tcp, trsvcid: 1-65535 }, "
                                   "action: connect }\n"
                                   "  - { name: b, match: { transport: tcp }, action: connect, "
                                   "probe: false }\n"},
      {"::/0 holds no IPv4", "  - { name: a, match: { traddr: \"::/0\" }, action: connect }\n"
                             "  - { name: b, match: { traddr: 10.0.0.0/8 }, action: connect }\n"},
      {"a rule on this host's name covers nothing",
       "  - { name: a, match: { hostname: \"web-*\" }, action: ignore }\n"
       "  - { name: b, match: { hostname: web-1 }, action: connect }\n"},
      {"a rule on a udev property covers nothing",
       "  - { name: a, match: { udev: { ID_X: \"*\" } }, action: ignore }\n"
       "  - { name: b, match: { udev: { ID_X: \"1\" } }, action: discover }\n"
       "  - { name: c, match: { any: true }, action: connect }\n"},
      {"discovery controllers are not I/O subsystems",
       "  - { name: a, match: { traddr: 10.0.0.0/8 }, action: discover }\n"
       "  - { name: b, match: { traddr: 10.0.0.1 }, action: connect }\n"},
      {"numeric suffixes",
       "  - { name: a, match: { subsystem-nqn: nqn.x:nvme.1 }, action: ignore }\n"
       "  - { name: b, match: { subsystem-nqn: \"nqn.x:nvme.1*\" }, action: "
       "connect }\n"},
      {"a scope of its own",
       "  - { name: a, match: { traddr: \"fe80::1%eth0\" }, action: ignore }\n"
       "  - { name: b, match: { traddr: \"fe80::1\" }, action: connect }\n"},
      {"two sources, each may be without the other",
       "  - { name: dc, match: { event: boot }, action: discover }\n"
       "  - { name: dd, match: { any: true }, action: discover }\n"
       "  - { name: a, match: { source: dc }, action: connect }\n"
       "  - { name: b, match: { source: dd }, action: connect }\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(findings(row.rules) == "");
  }
}

TEST_CASE("402: the same outcome, settings looked up") {
  CHECK(findings(*loaded("version: 1\n"
                         "profiles: { many: { nr-io-queues: 8 } }\n"
                         "rules:\n"
                         "  - { name: a, match: { transport: tcp }, action: connect, "
                         "profiles: [many] }\n"
                         "  - { name: b, match: { transport: tcp, traddr: 10.0.0.0/8 }, "
                         "action: connect, connect: { nr-io-queues: 8 } }\n")) ==
        "402 5 rule `b` changes nothing\n"
        "  `a` (line 4) takes every event that it could match, with the same outcome\n"
        "  for example: discovered tcp 10.0.0.1:4420 nqn.2024-01.com.example:vol1 → connect by "
        "`a`\n");
}

TEST_CASE("401, 402: a rule whose name is a `source`") {
  auto const rules = [](const char* source) {
    return fmt::format("  - {{ name: b, match: {{ transport: tcp, traddr: 10.0.0.0/16 }}, action: "
                       "discover }}\n"
                       "  - {{ name: a, match: {{ transport: tcp, traddr: 10.0.0.0/24 }}, action: "
                       "discover }}\n"
                       "  - {{ name: c, match: {{ {} }}, action: connect }}\n",
                       source);
  };
  CHECK(findings(rules("traddr: 10.1.0.0/16")).starts_with("402 4 rule `a` changes nothing\n"));
  // Entries that `a` would bring have another source than those of `b`.
  CHECK(findings(rules("source: a")) ==
        "401 4 rule `a` can never decide\n"
        "  `b` (line 3) takes every event that it could match\n"
        "  for example: discovery-log-changed tcp 10.0.0.1:8009 → discover by `b`\n");
  // Nothing changes, but without `a` the name is unknown.
  CHECK(findings(rules("source: [a, b]")) == "");
}

TEST_CASE("403: no interface has such a name") {
  auto const impossible_in = [](const char* interface) {
    auto const found = load::load_text(
        "p.yaml",
        fmt::format("version: 1\nrules:\n  - {{ name: a, match: {{ host-iface: \"{}\" }}, "
                    "action: connect }}\n",
                    interface));
    std::string text;
    for (const diag::Finding& finding : found.findings.findings())
      text += shown(finding);
    return text;
  };
  CHECK(impossible_in("exactly15letter") == "");
  CHECK(impossible_in("fifteenletters?") == "");
  for (const char* impossible : {"sixteen-letters1", "sixteen-letters?*"}) {
    CAPTURE(impossible);
    CHECK(impossible_in(impossible) ==
          "403 3 rule `a` can never match: no event of an I/O subsystem has such a value of "
          "`host-iface`\n");
  }
}

TEST_CASE("402: a guard elsewhere does not make it a shadowed one") {
  CHECK(findings(*loaded("version: 1\n"
                         "deny: [{ name: nope, match: { traddr: 10.1.0.0/16 }, reason: x }]\n"
                         "rules:\n"
                         "  - { name: a, match: { transport: tcp }, action: connect }\n"
                         "  - { name: b, match: { transport: tcp, traddr: 10.0.0.0/8 }, "
                         "action: connect }\n")) ==
        "402 5 rule `b` changes nothing\n"
        "  `a` (line 4) takes every event that it could match, with the same outcome\n"
        "  for example: discovered tcp 10.0.0.1:4420 nqn.2024-01.com.example:vol1 → connect by "
        "`a`\n");
}

TEST_CASE("403: contradictions that only sets of values show") {
  policy::Match match;
  policy::Clause traddr{.key = policy::MatchKey::traddr};
  traddr.values = {base::Cidr::parse("10.0.0.0/24").value()};
  policy::Clause halves{.key = policy::MatchKey::traddr};
  halves.values = {base::Cidr::parse("10.0.0.0/25").value(),
                   base::IpRange::parse("10.0.0.128-10.0.0.255").value()};
  match.all = {traddr};
  match.none = {halves};
  policy::Policy policy;
  policy.rules.push_back({.name = "split", .full_name = "f/split", .match = match});
  diag::Sink sink;
  analyze::find_impossible(policy, sink);
  REQUIRE(sink.findings().size() == 1);
  CHECK(sink.findings().front().code == 403);
  CHECK(sink.findings().front().severity == diag::Severity::error);
  CHECK(sink.findings().front().message ==
        "rule `split` can never match: `traddr` and `not: traddr` never hold together");
  policy.rules.front().match.none.front().values.pop_back();
  diag::Sink none;
  analyze::find_impossible(policy, none);
  CHECK(none.findings().empty());
}

TEST_CASE("403: part of loading, beside all other mistakes, and of whole matches only") {
  struct Row {
    const char* name;
    const char* text;
    const char* expected;
  };
  Row const rows[] = {
      {"a guard on a name that no host has",
       "deny: [{ name: g, match: { hostname: \"a b\" }, reason: x }]\n",
       "p.yaml:2:28: error[NVP403] impossible-match: guard `g` can never match: no event has such "
       "a "
       "value of `hostname`\n"},
      {"together with an unknown key",
       "ruls: []\nrules:\n"
       "  - { name: r, match: { traddr: 10.0.0.0/24, not: { traddr: [10.0.0.0/25, 10.0.0.128/25] } "
       "}, action: connect }\n",
       "p.yaml:2:1: error[NVP203] unknown-key: unknown key `ruls` at the top level; help: did you "
       "mean `rules`?\n"
       "p.yaml:4:53: error[NVP403] impossible-match: rule `r` can never match: `traddr` and `not: "
       "traddr` never hold together\n"},
      {"not where a set is missing",
       "rules:\n"
       "  - { name: r, match: { traddr: [\"@nets\", 10.0.0.0/25], not: { traddr: 10.0.0.0/24 } }, "
       "action: connect }\n",
       "p.yaml:3:34: error[NVP301] unknown-set: unknown set `nets`; help: a file sees its own "
       "`sets` and those of the main file\n"},
      {"not where a set was not read in full",
       "sets:\n  nets: { traddr: [10.0.0.0/25, 10.0.1.0/33] }\n"
       "rules:\n"
       "  - { name: r, match: { traddr: \"@nets\", not: { traddr: 10.0.0.0/24 } }, action: connect "
       "}\n",
       "p.yaml:3:33: error[NVP207] bad-address: `10.0.1.0/33` is not an address, prefix, range or "
       "FC address; help: the prefix of an IPv4 address has at most 32 bits\n"},
      {"a match that may hold",
       "rules:\n"
       "  - { name: r, match: { traddr: 10.0.0.0/24, not: { traddr: 10.0.0.0/25 } }, action: "
       "connect }\n",
       ""},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    auto const loaded = load::load_text("p.yaml", std::string("version: 1\n") + row.text);
    CHECK(diag::render_short(loaded.findings.findings()) == row.expected);
    CHECK(loaded.broken() == loaded.findings.has_errors());
  }
}

TEST_CASE("404: wholly inside guards") {
  std::string const guards = "version: 1\n"
                             "deny:\n"
                             "  - { name: low, match: { traddr: 10.0.0.0/25 }, reason: x }\n"
                             "  - { name: high, match: { traddr: 10.0.0.128/25 }, reason: x }\n"
                             "rules:\n"
                             "  - { name: all, match: { any: true }, action: connect }\n";
  CHECK(findings(*loaded(guards)) == "");
  CHECK(findings(*loaded("version: 1\n"
                         "deny:\n"
                         "  - { name: low, match: { traddr: 10.0.0.0/25 }, reason: x }\n"
                         "  - { name: high, match: { traddr: 10.0.0.128/25 }, reason: x }\n"
                         "rules:\n"
                         "  - { name: in, match: { traddr: 10.0.0.0/24 }, action: connect }\n"
                         "  - { name: out, match: { traddr: 10.0.0.0/23 }, action: connect }\n")) ==
        "404 6 rule `in` is always denied\n"
        "  guard `low` (line 3) and guard `high` (line 4) together deny every event that it could "
        "match\n"
        "  for example: discovered tcp 10.0.0.1:4420 nqn.2024-01.com.example:vol1 → denied by "
        "`low`\n");
}

TEST_CASE("405: two connect rules overlap in part and set different options") {
  CHECK(findings("  - { name: net, match: { traddr: 10.0.0.0/8 }, action: connect, connect: { "
                 "nr-io-queues: 4 } }\n"
                 "  - { name: vol, match: { subsystem-nqn: \"nqn.a:*\" }, action: connect, "
                 "connect: { nr-io-queues: 8 } }\n") ==
        "405 4 rules `net` and `vol` overlap and set different options\n"
        "  where both match, `net` (line 3) decides\n"
        "  `nr-io-queues`: 4 there, 8 here\n"
        "  for example: discovered tcp 10.0.0.1:4420 nqn.a:vol1 → connect by `net`\n");
  // The same options; one inside the other; apart.
  CHECK(findings("  - { name: net, match: { traddr: 10.0.0.0/8 }, action: connect }\n"
                 "  - { name: vol, match: { subsystem-nqn: \"nqn.a:*\" }, action: connect }\n") ==
        "");
  CHECK(findings("  - { name: one, match: { traddr: 10.0.0.1 }, action: connect, connect: { "
                 "nr-io-queues: 4 } }\n"
                 "  - { name: net, match: { traddr: 10.0.0.0/8 }, action: connect }\n") == "");
  CHECK(findings("  - { name: net, match: { traddr: 10.0.0.0/8, subsystem-nqn: \"nqn.b*\" }, "
                 "action: connect, connect: { nr-io-queues: 4 } }\n"
                 "  - { name: vol, match: { subsystem-nqn: \"nqn.a:*\" }, action: connect }\n") ==
        "");
}

TEST_CASE("407: everything without saying so") {
  CHECK(findings("  - { name: all, match: { transport: [tcp, rdma, fc, loop] }, action: connect "
                 "}\n") ==
        "407 3 rule `all` matches everything it applies to\n"
        "  for example: discovered tcp 192.0.2.10:4420 nqn.2024-01.com.example:vol1 → connect by "
        "`all`\n");
  CHECK(findings("  - { name: all, match: { any: true }, action: connect }\n") == "");
  // A target's name need not begin with `nqn.`.
  CHECK(findings("  - { name: all, match: { subsystem-nqn: \"nqn.*\" }, action: connect }\n") ==
        "");
}

TEST_CASE("408: a guard that no rule needs") {
  std::string const guard = "version: 1\n"
                            "deny: [{ name: old, match: { transport: rdma }, reason: x }]\n"
                            "rules:\n";
  CHECK(findings(*loaded(guard + "  - { name: tcp, match: { transport: tcp }, action: connect "
                                 "}\n")) ==
        "408 2 guard `old` denies only events that no rule would let in\n"
        "  for example: discovered rdma 192.0.2.10:4420 nqn.2024-01.com.example:vol1 → ignored "
        "also without the guard\n");
  CHECK(findings(*loaded(guard + "  - { name: all, match: { any: true }, action: connect }\n")) ==
        "");
  // A host side that is resolved later may be any.
  CHECK(findings(*loaded(
            "version: 1\n"
            "deny: [{ name: old, match: { host-traddr: 10.9.0.0/16 }, reason: x }]\n"
            "rules:\n"
            "  - { name: a, match: { host-traddr: 10.8.0.0/16 }, action: connect }\n")) == "");
}

TEST_CASE("608: a guard on a host side that a rule leaves to the kernel") {
  struct Row {
    const char* name;
    const char* guard;
    const char* rule;
    const char* expected;
  };
  constexpr const char* found =
      "608 3 guard `g` sees the host side of `r` only when it connects\n"
      "  a connection that is there is not looked at again when routes change\n"
      "  for example: discovered tcp 192.0.2.10:4420 nqn.2024-01.com.example:vol1 → connect by "
      "`r`, "
      "from wherever the kernel routes it\n";
  Row const rows[] = {
      {"the interface", "host-iface: \"lab*\"", "transport: tcp", found},
      {"other addresses", "traddr: 10.0.0.0/8, host-iface: eth0", "traddr: 192.168.0.0/16", ""},
      {"rdma has no interface", "host-iface: eth1", "transport: rdma", ""},
      {"fc: every host port is looked at", "host-traddr: \"nn-*:pn-0x21*\"", "transport: fc", ""},
      {"other subsystems", "host-iface: eth0, subsystem-nqn: \"nqn.a:*\"",
       "subsystem-nqn: \"nqn.b:*\"", ""},
      {"no such events", "host-iface: eth0, event: discovery-log-changed", "transport: tcp", ""},
      {"a guard that denies it all", "host-iface: \"*\", not: { transport: rdma }",
       "transport: rdma", ""},
      {"no target leaves its host side open", "host-iface: eth0, event: boot", "event: boot", ""},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    auto const policy = loaded(fmt::format("version: 1\n"
                                           "deny:\n"
                                           "  - {{ name: g, match: {{ {} }}, reason: x }}\n"
                                           "rules:\n"
                                           "  - {{ name: r, match: {{ {} }}, action: connect, "
                                           "host-side: any }}\n",
                                           row.guard, row.rule));
    std::string text;
    for (const diag::Finding& finding : analyze::analyze(*policy).findings)
      if (finding.code == 608)
        text += shown(finding);
    CHECK(text == row.expected);
  }
  std::string const other_side =
      "version: 1\n"
      "deny: [{ name: g, match: { host-iface: \"lab*\" }, reason: x }]\n"
      "rules: [{ name: r, match: { transport: tcp }, action: connect, host-side: same-subnet }]\n";
  CHECK(findings(*loaded(other_side)) == "");
}

TEST_CASE("608: every way to a host side that nobody names") {
  constexpr const char* volumes =
      "rules: [{ name: r, match: { transport: tcp }, action: connect }]\n";
  constexpr const char* discovery =
      "rules: [{ name: d, match: { transport: tcp }, action: discover }, "
      "{ name: r, match: { transport: tcp }, action: connect }]\n";
  struct {
    const char* name;
    std::string rest;
    std::string whose; // the first of them; empty: none
  } const rows[] = {
      {"nothing is discovered", volumes, ""},
      {"logs of any discovery controller", discovery, "r"},
      {"logs of a target without host side",
       std::string("targets: [{ name: t, transport: tcp, traddr: 10.0.0.1 }]\n") + volumes, "r"},
      {"logs of a pinned target",
       std::string("targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, host-iface: eth0 }]\n") +
           volumes,
       ""},
      {"logs of a pinned target alone",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, host-iface: eth0 }]\n"
       "rules: [{ name: d, match: { source: t }, action: discover }, "
       "{ name: r, match: { source: t }, action: connect }]\n",
       ""},
      {"one connection per interface",
       std::string("targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, host-side: same-subnet "
                   "}]\n") +
           volumes,
       ""},
      {"a subsystem by a rule",
       std::string("targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a "
                   "}]\n") +
           volumes,
       "r"},
      {"a subsystem by itself",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a }]\n", "t"},
      {"a subsystem over fc",
       "targets: [{ name: t, transport: fc, traddr: "
       "\"nn-0x2000000000000001:pn-0x2100000000000001\", "
       "subsystem-nqn: nqn.a }]\n",
       ""},
      {"a rule that takes it out",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a }]\n"
       "rules: [{ name: i, match: { source: t }, action: ignore }]\n",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto const policy = loaded("version: 1\n"
                               "deny: [{ name: g, match: { host-iface: \"lab*\" }, reason: x }]\n" +
                               row.rest);
    std::string text;
    for (const diag::Finding& finding : analyze::analyze(*policy).findings)
      if (finding.code == 608)
        text += finding.message;
    CHECK(text == (row.whose.empty()
                       ? ""
                       : fmt::format("guard `g` sees the host side of `{}` only when it connects",
                                     row.whose)));
  }
}

TEST_CASE("409: logs are read and nothing is connected") {
  CHECK(findings("  - { name: dc, match: { transport: tcp }, action: discover }\n"
                 "  - { name: fc, match: { transport: fc }, action: ignore }\n") ==
        "409 3 `dc` reads discovery logs, and no rule ever connects what they list\n"
        "  for example: discovered tcp 192.0.2.10:4420 nqn.2024-01.com.example:vol1 → ignored, no "
        "rule matches\n");
  CHECK(findings("  - { name: dc, match: { transport: tcp }, action: discover }\n"
                 "  - { name: fc, match: { transport: fc }, action: connect }\n") == "");
  auto const with_target = [](const std::string& target, const std::string& rules) {
    return findings(*loaded("version: 1\ntargets: [{ name: t, transport: tcp, traddr: 10.0.0.1" +
                            target + " }]\n" + rules));
  };
  CHECK(with_target("", "") ==
        "409 2 target `t` reads discovery logs, and no rule ever connects what they list\n"
        "  for example: discovered tcp 192.0.2.10:4420 nqn.2024-01.com.example:vol1 → ignored, no "
        "rule matches\n");
  CHECK(with_target("", "rules: [{ name: c, match: { source: t }, action: connect }]\n") == "");
  // A log may list the target's own paths.
  CHECK(with_target(", subsystem-nqn: nqn.a",
                    "rules: [{ name: d, match: { transport: tcp, trsvcid: 8009 }, action: discover "
                    "}]\n") == "");
}

TEST_CASE("410: targets that a rule takes out") {
  auto const with = [](const std::string& rules) {
    std::string text;
    for (const diag::Finding& finding :
         analyze::analyze(
             *loaded(
                 "version: 1\n"
                 "targets:\n"
                 "  - { name: vol, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a:vol }\n"
                 "rules:\n" +
                 rules))
             .findings)
      if (finding.code == 410)
        text += shown(finding);
    return text;
  };
  std::string const ignored =
      "410 3 target `vol` is never connected: `net` ignores it\n"
      "  for example: boot tcp 10.0.0.1:4420 nqn.a:vol (target vol) → ignored by `net`\n";
  CHECK(with("  - { name: net, match: { traddr: 10.0.0.0/16 }, action: ignore }\n") == ignored);
  CHECK(with("  - { name: net, match: { source: vol }, action: ignore }\n") == ignored);
  // Where no rule matches, it is wanted.
  CHECK(with("  - { name: net, match: { traddr: 10.1.0.0/16 }, action: ignore }\n") == "");
  CHECK(with("  - { name: net, match: { traddr: 10.1.0.0/16 }, action: connect }\n") == "");
  // Wanted before it could be ignored; ignored on some hosts, or under some identity.
  CHECK(with("  - { name: vol, match: { subsystem-nqn: nqn.a:vol }, action: connect }\n"
             "  - { name: net, match: { traddr: 10.0.0.0/16 }, action: ignore }\n") == "");
  CHECK(with("  - { name: web, match: { hostname: \"web-*\" }, action: ignore }\n") == "");
  CHECK(with("  - { name: host, match: { host-nqn: \"nqn.h*\" }, action: ignore }\n") == "");
  CHECK(with("  - { name: others, match: { transport: tcp, not: { source: vol } }, action: ignore "
             "}\n") == "");
  // Meant, where it is named; `"*"` names none.
  auto const severity_of = [](const char* source) {
    auto const policy = loaded(
        "version: 1\n"
        "targets: [{ name: vol, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a:vol }]\n"
        "rules: [{ name: r, match: { source: " +
        std::string(source) + " }, action: ignore }]\n");
    return analyze::analyze(*policy).findings.front().severity;
  };
  CHECK(severity_of("vol") == diag::Severity::info);
  CHECK(severity_of("\"v*\"") == diag::Severity::info);
  CHECK(severity_of("\"*\"") == diag::Severity::warning);
}

TEST_CASE("411: boot waits for what nothing brings") {
  auto const with = [](const std::string& rest) {
    std::string text;
    for (const diag::Finding& finding :
         analyze::analyze(*loaded("version: 1\nboot: { wait-for: [\"nqn.a:root*\"] }\n" + rest))
             .findings)
      if (finding.code == 411)
        text += shown(finding);
    return text;
  };
  std::string const found =
      "411 2 boot waits for `nqn.a:root*`, which no target is and no rule connects\n"
      "  unless this host's firmware names it, boot goes on after 1m\n";
  struct {
    const char* name;
    const char* rest;
    bool is_found;
  } const rows[] = {
      {"nothing", "", true},
      {"another subsystem",
       "rules: [{ name: r, match: { subsystem-nqn: nqn.a:data }, action: connect "
       "}]\n",
       true},
      {"a rule", "rules: [{ name: r, match: { subsystem-nqn: \"nqn.a:*t7\" }, action: connect }]\n",
       false},
      {"ignored before",
       "rules: [{ name: i, match: { subsystem-nqn: \"nqn.a:r*\" }, action: ignore }, { name: r, "
       "match: { transport: tcp }, action: connect }]\n",
       true},
      {"denied",
       "deny: [{ name: d, match: { subsystem-nqn: \"nqn.a:*\" }, reason: x }]\n"
       "rules: [{ name: r, match: { transport: tcp }, action: connect }]\n",
       true},
      {"denied on some hosts",
       "deny: [{ name: d, match: { subsystem-nqn: \"nqn.a:*\", hostname: db }, reason: x }]\n"
       "rules: [{ name: r, match: { transport: tcp }, action: connect }]\n",
       false},
      {"a target",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a:root }]\n",
       false},
      {"a target of another name",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a:data }]\n",
       true},
      {"a target that is taken out",
       "targets: [{ name: t, transport: tcp, traddr: 10.0.0.1, subsystem-nqn: nqn.a:root }]\n"
       "rules: [{ name: i, match: { source: t }, action: ignore }]\n",
       true},
      {"a discovery controller's log",
       "rules: [{ name: r, match: { any: true }, action: discover }]\n", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(with(row.rest) == (row.is_found ? found : ""));
  }
  CHECK(with("firmware: { nbft: ignore }\n") ==
        "411 2 boot waits for `nqn.a:root*`, which no target is and no rule connects\n"
        "  boot goes on after 1m\n");
}

TEST_CASE("412: a target is wanted beyond the rule that takes some of its events") {
  auto const with = [](const std::string& rules) {
    std::string text;
    for (const diag::Finding& finding :
         analyze::analyze(*loaded("version: 1\n"
                                  "targets:\n"
                                  "  - { name: dc-a, transport: tcp, traddr: 10.0.0.1 }\n"
                                  "  - { name: dc-z, transport: tcp, traddr: 10.9.0.1 }\n"
                                  "rules:\n" +
                                  rules))
             .findings)
      if (finding.code == 412)
        text += shown(finding);
    return text;
  };
  std::string const found = "412 3 target `dc-a` is also wanted where `r` does not match it\n";
  struct {
    const char* name;
    const char* rules;
    bool is_found;
  } const rows[] = {
      {"some host names",
       "  - { name: r, match: { source: dc-a, hostname: \"db-*\" }, action: "
       "discover }\n",
       true},
      {"some kinds of event",
       "  - { name: r, match: { traddr: 10.0.0.1, event: boot }, action: "
       "discover }\n",
       true},
      {"some host sides",
       "  - { name: r, match: { traddr: 10.0.0.1, host-iface: eth0 }, action: "
       "discover }\n",
       true},
      {"all of it", "  - { name: r, match: { traddr: 10.0.0.0/24 }, action: discover }\n", false},
      {"by its name", "  - { name: r, match: { source: \"dc-*\" }, action: discover }\n", false},
      {"none of it",
       "  - { name: r, match: { traddr: 10.1.0.0/16, hostname: db }, action: discover "
       "}\n",
       false},
      {"some of another one's",
       "  - { name: q, match: { source: dc-a }, action: discover }\n"
       "  - { name: r, match: { source: dc-z }, action: discover }\n",
       false},
      {"by a rule of its own, behind one that asks for another one's name",
       "  - { name: q, match: { source: dc-z, not: { hostname: db } }, action: ignore }\n"
       "  - { name: r, match: { source: dc-a, event: boot }, action: discover }\n",
       true},
      {"some identities, which one it has is not said",
       "  - { name: r, match: { traddr: 10.0.0.1, host-nqn: nqn.b }, action: discover }\n", false},
      {"the others are ignored",
       "  - { name: r, match: { source: dc-a, hostname: \"db-*\" }, action: discover }\n"
       "  - { name: rest, match: { source: dc-a }, action: ignore }\n",
       false},
      {"limited by an ignore rule",
       "  - { name: r, match: { source: dc-a, not: { hostname: \"db-*\" } }, action: ignore }\n",
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    std::string const text = with(row.rules);
    CHECK(text.substr(0, text.find('\n') + 1) == (row.is_found ? found : ""));
  }
}
