#include "host/facts_file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;

namespace {

struct Outcome {
  std::optional<decide::Facts> facts;
  std::string findings;
};

Outcome parse(const std::string& text) {
  diag::Sink sink;
  auto const source = std::make_shared<const diag::Source>(diag::Source{"facts.yaml", text});
  Outcome outcome{.facts = host::parse_facts_file(source, sink)};
  for (const diag::Finding& finding : sink.findings()) {
    diag::Position const at = finding.spans.front().span.start;
    outcome.findings +=
        fmt::format("{}:{} {} {}{}{}\n", at.line, at.column, finding.code, finding.message,
                    finding.help.empty() ? "" : "; ", finding.help);
  }
  return outcome;
}

} // namespace

TEST_CASE("every fact") {
  Outcome const outcome = parse(R"(hostname: web-07
cpus: 32
identity: { hostnqn: "nqn.2014-08.com.example:host", hostid: "1234" }
identities:
  tenant-a: { hostnqn: "nqn.2014-08.com.example:tenant-a", hostid: "5678" }
  tenant-b:
interfaces:
  - { name: ens1f0, up: true, addresses: [192.168.30.15/24, "fe80::1/64"] }
  - { name: ens1f1, up: false, mac: "00:53:00:A1:b2:c3", vlan: 21 }
fc-ports:
  - { host: "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2", remotes: ["nn-2036D039EA951C45:pn-2037d039ea951c45"] }
controllers:
  - { device: nvme3, state: live, cntrltype: io, transport: tcp, traddr: 192.168.30.48, trsvcid: 4420,
      host-traddr: null, host-iface: null, src-addr: 192.168.30.15,
      subsystem-nqn: "nqn.2014-08.com.example:v", host-nqn: "nqn.2014-08.com.example:host",
      hostid: "1234", owner: stas,
      connect: { queue-size: 128, ctrl-loss-tmo: infinity, keep-alive-tmo: 5s, fast-io-fail-tmo: off, hdr-digest: true } }
exclusions: ["transport=tcp;traddr=192.0.2.10"]
kernel-options: [nqn, transport]
names: { array-a.example: [10.20.1.10, "fd00::10"], array-b: 10.20.1.11, array-c: [] }
)");
  REQUIRE_MESSAGE(outcome.facts, outcome.findings);
  decide::Facts const& facts = *outcome.facts;
  CHECK(facts.hostname == "web-07");
  CHECK(facts.cpus == 32);
  REQUIRE(facts.names.size() == 3);
  CHECK(facts.names.at("array-a.example").back().to_string() == "fd00::10");
  CHECK(facts.names.at("array-b").size() == 1);
  CHECK(facts.names.at("array-c").empty());
  CHECK(facts.identity->hostnqn == "nqn.2014-08.com.example:host");
  CHECK(facts.identity->hostid == "1234");
  REQUIRE(facts.identities.size() == 2);
  CHECK(facts.identities.at("tenant-a").hostnqn == "nqn.2014-08.com.example:tenant-a");
  CHECK(facts.identities.at("tenant-a").hostid == "5678");
  CHECK(facts.identities.at("tenant-b").hostnqn.empty());
  REQUIRE(facts.interfaces->size() == 2);
  auto const& second = facts.interfaces->back();
  CHECK(second.mac == firmware::MacAddress{0, 0x53, 0, 0xa1, 0xb2, 0xc3});
  CHECK(second.vlan == 21);
  auto const& first = facts.interfaces->front();
  CHECK_FALSE(first.mac);
  CHECK(first.vlan == 0);
  CHECK(first.name == "ens1f0");
  CHECK(first.up);
  REQUIRE(first.addresses.size() == 2);
  CHECK(first.addresses[0].address.to_string() == "192.168.30.15");
  CHECK(first.addresses[0].prefix_length == 24);
  CHECK(first.addresses[1].address.to_string() == "fe80::1%ens1f0");
  CHECK_FALSE(facts.interfaces->back().up);
  CHECK(facts.interfaces->back().addresses.empty());
  CHECK(facts.fc_ports->at(0).remotes.value().at(0).to_string() ==
        "nn-0x2036d039ea951c45:pn-0x2037d039ea951c45");
  auto const& controller = facts.controllers->all().at(0);
  CHECK(controller.device == "nvme3");
  CHECK(controller.type == decide::ControllerType::io);
  CHECK(controller.endpoint.trsvcid == 4420);
  CHECK_FALSE(controller.endpoint.host_traddr);
  CHECK(controller.endpoint.host_iface.empty());
  CHECK(controller.src_addr == base::Traddr::parse_any("192.168.30.15"));
  CHECK(controller.owner == "stas");
  using base::OptionId;
  CHECK(controller.connect ==
        std::map<OptionId, base::OptionValue>{{OptionId::queue_size, std::int64_t{128}},
                                              {OptionId::ctrl_loss_tmo, std::int64_t{-1}},
                                              {OptionId::keep_alive_tmo, std::int64_t{5}},
                                              {OptionId::fast_io_fail_tmo, std::int64_t{-1}},
                                              {OptionId::hdr_digest, true}});
  CHECK(facts.exclusions->at(0).usable);
  CHECK(facts.kernel_options == decide::KernelOptions{"nqn", "transport"});
}

TEST_CASE("left out is unknown, empty is empty") {
  decide::Facts const unknown = parse("").facts.value();
  CHECK_FALSE(unknown.hostname);
  CHECK_FALSE(unknown.interfaces);
  CHECK_FALSE(unknown.fc_ports);
  CHECK_FALSE(unknown.controllers);
  CHECK_FALSE(unknown.exclusions);
  CHECK_FALSE(unknown.kernel_options);
  CHECK_FALSE(unknown.identity);
  decide::Facts const empty =
      parse("{interfaces: [], fc-ports: [], controllers: [], exclusions: [], kernel-options: [], "
            "identity: {}}")
          .facts.value();
  CHECK(empty.interfaces->empty());
  CHECK(empty.fc_ports->empty());
  CHECK(empty.controllers->empty());
  CHECK(empty.exclusions->empty());
  CHECK(empty.kernel_options->names.empty());
  CHECK(empty.identity->hostnqn.empty());
  CHECK(parse("identity:\n").facts.value().identity->hostnqn.empty());
  CHECK_FALSE(parse("identity: null\n").facts.value().identity);
  CHECK(parse("identities: { b: null }\n").facts.value().identities.empty());
}

TEST_CASE("mistakes stand at their places") {
  struct Row {
    const char* name;
    const char* text;
    const char* findings;
  };
  const Row rows[] = {
      {"no map", "- 1\n", "1:1 204 facts is a map, not a list\n"},
      {"unknown key", "hostnme: a\n",
       "1:1 203 unknown key `hostnme` in facts; did you mean `hostname`?\n"},
      {"no list", "interfaces: eth0\n", "1:13 204 `interfaces` takes a list\n"},
      {"interface without name", "interfaces:\n  - { up: true }\n",
       "2:5 205 an interface needs `name`\n"},
      {"address without length", "interfaces: [{ name: a, addresses: [10.0.0.1] }]\n",
       "1:37 207 `10.0.0.1` is not a valid address with its prefix length, like 192.0.2.10/24\n"},
      {"length too long", "interfaces: [{ name: a, addresses: [10.0.0.1/33] }]\n",
       "1:37 207 `10.0.0.1/33` is not a valid address with its prefix length, like "
       "192.0.2.10/24\n"},
      {"up is not a word", "interfaces: [{ name: a, up: maybe }]\n",
       "1:29 204 `up` takes `true` or `false`, not `maybe`\n"},
      {"the host's own among the policy's", "identities: { default: { hostnqn: a } }\n",
       "1:15 203 `default` does not belong in `identities`; the host's own is `identity`\n"},
      {"a list of identities", "identities: [tenant-b]\n",
       "1:13 204 `identities` takes a map of the policy's identities\n"},
      {"unknown key of an identity", "identities: { b: { hostqn: a } }\n",
       "1:20 203 unknown key `hostqn` in an identity; did you mean `hostnqn`?\n"},
      {"cpus", "cpus: 0\n", "1:7 206 `cpus` takes a number from 1 to 1048576, not `0`\n"},
      {"fc port", "fc-ports: [{ remotes: [x] }]\n",
       "1:12 205 an FC port needs `host`\n"
       "1:24 207 expected an FC address, like nn-0x<16 hex digits>:pn-0x<16>\n"},
      {"controller", "controllers:\n  - { device: nvme0, transport: tcp, traddr: x }\n",
       "2:46 207 `traddr`: `x` is not a valid tcp address; host names are only for targets; write "
       "the address\n"},
      {"controller without transport", "controllers:\n  - { device: nvme0 }\n",
       "2:5 205 a controller needs `transport`\n"},
      {"unknown key of a controller without transport",
       "controllers:\n  - { device: nvme0, transprt: tcp }\n",
       "2:22 203 unknown key `transprt` in a controller; did you mean `transport`?\n"},
      {"secret in sysfs",
       "controllers: [{ device: nvme0, transport: tcp, connect: { dhchap-secret: x } }]\n",
       "1:59 203 `dhchap-secret` is not an option that sysfs shows\n"},
      {"option value",
       "controllers: [{ device: nvme0, transport: tcp, connect: { queue-size: big } }]\n",
       "1:71 204 `queue-size` cannot be `big`\n"},
      {"a name that resolves to a name", "names: { a: [10.0.0.1, b] }\n",
       "1:24 207 `b` is not an IP address\n"},
      {"an address for a name", "names: { 10.0.0.1: 10.0.0.2 }\n",
       "1:10 207 `10.0.0.1` is not a valid host name\n"},
      {"names without addresses", "names: [a]\n", "1:8 204 `names` takes a map of host names\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Outcome const outcome = parse(row.text);
    CHECK_FALSE(outcome.facts);
    CHECK(outcome.findings == row.findings);
  }
}
