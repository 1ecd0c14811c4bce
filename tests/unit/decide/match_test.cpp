#include "decide/decide.hpp"
#include "decide/samples.hpp"
#include "load/load.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using tests::discovered_tcp;
using tests::log_changed_tcp;

namespace {

const std::string nqn = "nqn.2014-08.com.example:prod.vol7";

event::Event rich_event() {
  event::Event event = discovered_tcp("10.20.1.21", nqn);
  event.endpoint.host_traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.77");
  event.endpoint.host_iface = "ens1f0";
  event.host_nqn = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
  event.portid = 7;
  event.secure_channel = base::SecureChannel::not_required;
  event.sources = {"dc-a", "storage-discovery"};
  event.identity = "tenant-b";
  return event;
}

struct Row {
  const char* match;
  bool holds;
};

} // namespace

TEST_CASE("each key against an event that has every value") {
  Row const rows[] = {
      {"any: true", true},
      {"event: discovered", true},
      {"event: [boot, discovered]", true},
      {"event: boot", false},
      {"transport: tcp", true},
      {"transport: [rdma, fc]", false},
      {"traddr: 10.20.1.21", true},
      {"traddr: \"::ffff:10.20.1.21\"", true},
      {"traddr: 10.20.0.0/16", true},
      {"traddr: 10.20.1.20-10.20.1.22", true},
      {"traddr: 10.20.1.22-10.20.1.29", false},
      {"traddr: \"::/0\"", false},
      {"traddr: [10.9.0.0/16, 10.20.1.21]", true},
      {"host-traddr: 10.20.1.77", true},
      {"host-traddr: 10.20.1.78", false},
      {"trsvcid: 4420", true},
      {"trsvcid: 4400-4500", true},
      {"trsvcid: 8009", false},
      {"host-iface: \"ens*\"", true},
      {"host-iface: ens1", false},
      {"subsystem-nqn: \"nqn.2014-08.com.example:prod.*\"", true},
      {"subsystem-nqn: \"nqn.2014-08.com.example:PROD.*\"", false},
      {"subsystem-nqn: \"nqn.2014-08.com.example:prod.vol\"", false},
      {"discovery-nqn: nqn.2014-08.org.nvmexpress.discovery", true},
      {"host-nqn: \"nqn.2014-08.org.nvmexpress:uuid:1*\"", true},
      {"hostname: \"WEB-*\"", true},
      {"hostname: db-01", false},
      {"identity: tenant-b", true},
      {"identity: \"tenant-*\"", true},
      {"identity: default", false},
      {"portid: 7", true},
      {"portid: 8", false},
      {"secure-channel: not-required", true},
      {"secure-channel: [required, unspecified]", false},
      {"{ transport: tcp, trsvcid: 4420 }", true},
      {"{ transport: tcp, trsvcid: 8009 }", false},
      {"{ transport: tcp, not: { trsvcid: 8009 } }", true},
      {"{ transport: tcp, not: { trsvcid: 4420 } }", false},
      {"{ transport: tcp, not: { trsvcid: 8009, portid: 7 } }", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.match);
    std::string const match =
        row.match[0] == '{' ? row.match : "{ " + std::string(row.match) + " }";
    auto const policy =
        tests::with_rules("  - name: it\n    match: " + match + "\n    action: connect\n");
    auto const decision = decide::decide(*policy, rich_event(), "web-07");
    CHECK((decision.outcome == decide::Outcome::connect) == row.holds);
  }
}

TEST_CASE("a key whose event has no such value does not hold, and passes inside `not`") {
  event::Event const bare = discovered_tcp("10.20.1.21", nqn);
  for (const char* clause :
       {"host-traddr: 10.20.1.77", "host-iface: \"*\"", "host-nqn: \"*\"", "portid: 0-65535",
        "secure-channel: unspecified", "hostname: \"*\"", "identity: \"*\""}) {
    CAPTURE(clause);
    auto const plain = tests::with_rules("  - name: it\n    match: { " + std::string(clause) +
                                         " }\n    action: connect\n");
    CHECK(decide::decide(*plain, bare, std::nullopt).outcome == decide::Outcome::ignored);
    auto const negated = tests::with_rules("  - name: it\n    match: { transport: tcp, not: { " +
                                           std::string(clause) + " } }\n    action: connect\n");
    CHECK(decide::decide(*negated, bare, std::nullopt).outcome == decide::Outcome::connect);
  }
}

TEST_CASE("IPv6 scopes: a literal without one matches any, with one only that") {
  struct {
    const char* pattern;
    const char* traddr;
    bool holds;
  } const rows[] = {
      {"\"fe80::1\"", "fe80::1%eth0", true},       {"\"fe80::1%eth0\"", "fe80::1%eth0", true},
      {"\"fe80::1%eth1\"", "fe80::1%eth0", false}, {"\"fe80::1%eth0\"", "fe80::1", false},
      {"\"fe80::/10\"", "fe80::1%eth0", true},     {"\"fe80::1-fe80::9\"", "fe80::5%eth0", true},
      {"\"fe80::/10\"", "10.0.0.1", false},        {"0.0.0.0/0", "fe80::1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.traddr);
    auto const policy =
        tests::with_rules("  - name: it\n    match: { traddr: " + std::string(row.pattern) +
                          " }\n    action: connect\n");
    auto const decision = decide::decide(*policy, discovered_tcp(row.traddr, nqn), std::nullopt);
    CHECK((decision.outcome == decide::Outcome::connect) == row.holds);
  }
}

TEST_CASE("fc names match in any spelling and by prefix") {
  event::Event event{
      .kind = base::EventKind::fc_discovery,
      .subject = base::Subject::discovery_controller,
      .endpoint = {.transport = base::Transport::fc,
                   .traddr = base::Traddr::parse(base::Transport::fc,
                                                 "nn-0x201700a09890f5bf:pn-0x201900a09890f5bf")}};
  struct {
    const char* pattern;
    bool holds;
  } const rows[] = {
      {"nn-0x201700a09890f5bf:pn-*", true},
      {"NN-201700A09890F5BF:PN-0x2019*", true},
      {"nn-201700a09890f5bf:pn-201900a09890f5bf", true},
      {"nn-*:pn-0x2018*", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern);
    auto const policy =
        tests::with_rules("  - name: it\n    match: { traddr: \"" + std::string(row.pattern) +
                          "\" }\n    action: discover\n");
    CHECK((decide::decide(*policy, event, std::nullopt).outcome == decide::Outcome::discover) ==
          row.holds);
  }
}

TEST_CASE("source and udev") {
  auto const by_source = tests::loaded(R"(version: 1
targets:
  - { name: dc-a, transport: tcp, traddr: 10.20.1.10 }
rules:
  - name: storage-discovery
    match: { transport: tcp, trsvcid: 8009 }
    action: discover
  - name: it
    match: { source: dc-a }
    action: connect
)");
  event::Event event = rich_event();
  CHECK(decide::decide(*by_source, event, std::nullopt).outcome == decide::Outcome::connect);
  event.sources = {"dc-b"};
  CHECK(decide::decide(*by_source, event, std::nullopt).outcome == decide::Outcome::ignored);

  auto const by_udev = tests::with_rules(
      "  - name: it\n    match: { udev: { ID_PATH: \"pci-*\" } }\n    action: discover\n");
  event::Event changed = log_changed_tcp("10.20.1.10");
  CHECK(decide::decide(*by_udev, changed, std::nullopt).outcome == decide::Outcome::ignored);
  changed.udev["ID_PATH"] = "pci-0000:00:01.0";
  CHECK(decide::decide(*by_udev, changed, std::nullopt).outcome == decide::Outcome::discover);
}

TEST_CASE("udev: any of a property's values, and all properties") {
  struct {
    const char* udev;
    bool holds;
  } const rows[] = {
      {"{ ID_PATH: [\"usb-*\", \"pci-*\"] }", true},
      {"{ ID_PATH: [\"pci-*\", \"usb-*\"] }", true},
      {"{ ID_PATH: [\"usb-*\", \"ccw-*\"] }", false},
      {"{ ID_PATH: \"pci-*\", ID_MODEL: [x, \"array *\"] }", true},
      {"{ ID_PATH: \"pci-*\", ID_MODEL: x }", false},
      {"{ ID_PATH: \"usb-*\", ID_MODEL: \"array *\" }", false},
      {"{ ID_PATH: \"pci-*\", ABSENT: \"*\" }", false},
      {"{ EMPTY: \"*\" }", false},
  };
  event::Event event = log_changed_tcp("10.20.1.10");
  event.udev = {{"ID_PATH", "pci-0000:00:01.0"}, {"ID_MODEL", "array 7"}, {"EMPTY", ""}};
  for (const auto& row : rows) {
    CAPTURE(row.udev);
    auto const policy = tests::with_rules("  - name: it\n    match: { transport: tcp, udev: " +
                                          std::string(row.udev) + " }\n    action: discover\n");
    CHECK((decide::decide(*policy, event, std::nullopt).outcome == decide::Outcome::discover) ==
          row.holds);
  }
}

TEST_CASE("whose the connected controller is, and whether it is to stay") {
  struct {
    const char* match;
    std::optional<std::string> owner;
    std::optional<bool> persistent;
    bool holds;
  } const rows[] = {
      {"owner: stas", "stas", true, true},
      {"owner: \"st*\"", "stas", true, true},
      {"owner: stas", "nvmf-policy", true, false},
      {"owner: none", "", true, true},
      {"owner: none", "none-such", true, false},
      {"owner: \"*\"", "", true, false},
      {"owner: \"n*\"", "", true, false},
      {"owner: [none, stas]", "", true, true},
      {"owner: [none, \"*\"]", std::nullopt, std::nullopt, false},
      {"persistent: true", "", true, true},
      {"persistent: false", "", true, false},
      {"persistent: false", "", false, true},
      {"persistent: [true, false]", "", std::nullopt, false},
      {"persistent: false, owner: none, not: { source: \"*\" }", "", false, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.match);
    event::Event event = log_changed_tcp("10.20.1.10");
    event.owner = row.owner;
    event.persistent = row.persistent;
    auto const policy = tests::with_rules("  - name: it\n    match: { " + std::string(row.match) +
                                          " }\n    action: discover\n");
    CHECK((decide::decide(*policy, event, std::nullopt).outcome == decide::Outcome::discover) ==
          row.holds);
  }
}

TEST_CASE("a glob of `source` is compared with targets and the words for other origins") {
  struct {
    const char* match;
    std::vector<std::string> sources;
    bool holds;
  } const rows[] = {
      {"source: dc-a", {"dc-a"}, true},
      {"source: \"dc-*\"", {"dc-a"}, true},
      {"source: \"dc-*\"", {"dc-rule", "50-autoconnect/dc-rule"}, false},
      {"source: dc-rule", {"dc-rule", "50-autoconnect/dc-rule"}, true},
      {"source: 50-autoconnect/dc-rule", {"50-autoconnect/dc-rule"}, true},
      {"source: \"*\"", {"dc-rule"}, false},
      {"source: \"*\"", {"nbft"}, true},
      {"source: \"zero*\"", {"zeroconf"}, true},
      {"source: \"*\"", {}, false},
      {"source: \"other-*\"", {"dc-a"}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.match);
    event::Event event = discovered_tcp("10.20.1.21", nqn);
    event.sources = row.sources;
    load::Loaded const loaded =
        load::load_text("/etc/nvmf/autoconnect.yaml",
                        "version: 1\n"
                        "targets:\n"
                        "  - { name: dc-a, transport: tcp, traddr: 10.20.1.10 }\n"
                        "  - { name: other, transport: tcp, traddr: 10.20.1.11 }\n"
                        "rules:\n"
                        "  - { name: dc-rule, match: { transport: tcp }, action: discover }\n"
                        "  - { name: it, match: { " +
                            std::string(row.match) + " }, action: connect }\n");
    REQUIRE(loaded.policy);
    CHECK((decide::decide(*loaded.policy, event, std::nullopt).outcome ==
           decide::Outcome::connect) == row.holds);
  }
}
