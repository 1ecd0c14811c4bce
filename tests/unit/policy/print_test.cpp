#include "policy/print.hpp"

#include "policy/levels.hpp"
#include "policy/loading.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

TEST_CASE("several files print as one that decides alike") {
  test::TemporaryTree tree;
  tree.write("/etc/nvmf/autoconnect.yaml", R"(version: 1
defaults:
  connect: {ctrl-loss-tmo: 10m, tos: 1}
  retry: {max-delay: 1m}
sets: {nets: {traddr: 10.0.0.0/8}}
targets:
  - {name: dc, transport: tcp, traddr: 10.0.0.1}
rules:
  - {name: a, match: {traddr: "@nets"}, action: connect}
)");
  tree.write("/usr/lib/nvmf/autoconnect.d/70-v.yaml", R"(version: 1
defaults:
  connect: {ctrl-loss-tmo: 1h, hdr-digest: true}
  retry: {first-delay: 5s}
sets: {nets: {traddr: 10.1.0.0/16}}
profiles: {p: {tos: 2}}
rules:
  - {name: dcs, match: {event: boot}, action: discover}
  - {name: a, match: {traddr: "@nets", source: [dcs, dc]}, action: connect, profiles: p, connect: {nr-io-queues: 4}}
  - {name: fc, match: {transport: fc}, action: connect}
)");
  load::Loaded const loaded = load::load_policy(tree.files());
  INFO(tests::findings_of(loaded));
  REQUIRE(loaded.policy);
  std::string const printed = policy::to_yaml(*loaded.policy);
  CHECK(printed == R"(version: 1

defaults:
  connect: {ctrl-loss-tmo: 10m, tos: 1}
  retry: {max-delay: 1m}

sets:
  50-autoconnect-nets: {traddr: [10.0.0.0/8]}
  70-v-nets: {traddr: [10.1.0.0/16]}

profiles:
  p:
    tos: 2

targets:
  - name: dc
    transport: tcp
    traddr: 10.0.0.1
    trsvcid: 8009

rules:
  - name: 50-autoconnect-a
    match: {traddr: "@50-autoconnect-nets"}
    action: connect
  - name: dcs
    match: {event: boot}
    action: discover
    retry: {first-delay: 5s, max-delay: 1m}
  - name: 70-v-a
    match: {traddr: "@70-v-nets", source: [dcs, dc]}
    action: connect
    profiles: [p]
    connect: {nr-io-queues: 4, ctrl-loss-tmo: 1h, hdr-digest: true}
    retry: {first-delay: 5s, max-delay: 1m}
  - name: fc
    match: {transport: fc}
    action: connect
    connect: {ctrl-loss-tmo: 1h}
    retry: {first-delay: 5s, max-delay: 1m}

limits:
  referral-depth: 8
  log-entries: 4096
  probe-timeout: 2s
  probes-in-flight: 256
)");
  load::Loaded const again = load::load_text("p.yaml", printed);
  INFO(tests::findings_of(again));
  REQUIRE(again.policy);
  CHECK(policy::to_yaml(*again.policy) == printed);
}

TEST_CASE("what YAML reads as something else is quoted, numbers keep all their digits") {
  auto const policy = tests::good(
      "identities:\n"
      "  \"123\": {hostnqn: \"nqn.a:b\", hostid: 4c4c4544-0035-5910-804b-c2c04f444daa}\n"
      "  \"on\": {hostnqn: \"nqn.a:c\", hostid: 4c4c4544-0035-5910-804b-c2c04f444dab}\n"
      "defaults: {retry: {factor: 1.2345678}}\n"
      "rules:\n  - {name: a, match: {transport: tcp}, action: discover, identity: \"123\"}\n");
  std::string const printed = policy::to_yaml(*policy);
  load::Loaded const again = load::load_text("p.yaml", printed);
  INFO(printed, tests::findings_of(again));
  REQUIRE(again.policy);
  CHECK(again.policy->identities.contains("on"));
  CHECK(again.policy->files.front().retry_defaults.factor == 1.2345678);
}

TEST_CASE("a secret of a file's defaults stays below that of an inherited identity") {
  std::string const identities =
      "identities:\n  a: {hostnqn: \"nqn.a:b\", hostid: 4c4c4544-0035-5910-804b-c2c04f444daa, "
      "dhchap-secret: {credential: of-identity}}\n";
  std::string const rule = "rules:\n  - {name: r, match: {traddr: 10.0.0.0/24}, action: connect}\n";
  std::string const drop_in = "version: 1\n"
                              "defaults: {connect: {dhchap-secret: {credential: of-drop-in}}}\n"
                              "rules:\n  - {name: d, match: {transport: tcp}, action: connect}\n";
  std::string const main_default = "defaults: {connect: {dhchap-secret: {credential: of-main}}}\n";
  struct Row {
    const char* name;
    std::string main;
    const char* contains;
    bool same; // the print decides as the files do
  };
  Row const rows[] = {
      {"the only such default becomes that of the whole", identities,
       "defaults:\n  connect: {dhchap-secret: {credential: of-drop-in}}\n", true},
      {"no identity has one: the rule can say it", main_default + rule,
       "    connect: {dhchap-secret: {credential: of-drop-in}}\n", true},
      {"two files say two: it cannot be said", identities + main_default + rule,
       "  # not the same: in its file `dhchap-secret` ranks below that of an inherited identity\n"
       "  - name: d\n",
       false},
  };
  for (Row const& row : rows) {
    CAPTURE(row.name);
    auto const loaded =
        load::load_texts({{"autoconnect.yaml", "version: 1\n" + row.main}, {"60-x.yaml", drop_in}});
    INFO(tests::findings_of(loaded));
    REQUIRE(loaded.policy);
    std::string const printed = policy::to_yaml(*loaded.policy);
    CAPTURE(printed);
    CHECK(printed.find(row.contains) != std::string::npos);
    CHECK((printed.find("not the same") == std::string::npos) == row.same);
    CHECK(load::load_text("p.yaml", printed).policy);
  }
}

TEST_CASE("with origins each option names its file and line") {
  auto const policy = tests::good("rules:\n  - name: a\n    match: {transport: tcp}\n"
                                  "    action: connect\n    connect: {tos: 1}\n");
  std::string const printed = policy::to_yaml(*policy, policy::Origins::as_comments);
  CHECK(printed.find("  # p.yaml:3\n  - name: a\n") != std::string::npos);
  CHECK(printed.find("      tos: 1  # p.yaml:6\n") != std::string::npos);
  auto const retrying = tests::good("defaults:\n  retry:\n    slow-delay: 10m\n"
                                    "    max-delay: 2m\n");
  std::string const text = policy::to_yaml(*retrying, policy::Origins::as_comments);
  CHECK(text.find("  retry:\n    max-delay: 2m  # p.yaml:5\n    slow-delay: 10m  # p.yaml:4\n") !=
        std::string::npos);
}

TEST_CASE("names that YAML would take for something else are quoted") {
  auto const policy = tests::good("rules:\n  - {name: \"17\", match: {hostname: [\"no\", \"*\", "
                                  "\"a\\\\b\"]}, action: ignore}\n");
  std::string const printed = policy::to_yaml(*policy);
  CHECK(printed.find("name: \"17\"") != std::string::npos);
  CHECK(printed.find("hostname: [\"no\", \"*\", \"a\\\\b\"]") != std::string::npos);
}
