// Events, identity and host side of the firmware's boot table: LANGUAGE "Firmware".
#include "plan/firmware.hpp"

#include "base/nqn.hpp"
#include "decide/samples.hpp"
#include "event/log_entry.hpp"
#include "firmware/sample_table.hpp"
#include "plan/endpoints.hpp"
#include "plan/run.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>

using namespace nvmf;
using decide::Outcome;
using test::ip_of;

namespace {

const std::string own_hostid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
const std::string table_hostid = "4c4c4544-0032-3610-8052-b7c04f4e4e32";
const std::string own_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + own_hostid;
const std::string table_nqn = "nqn.2014-08.org.nvmexpress:uuid:" + table_hostid;
constexpr const char* root_nqn = "nqn.a:root";

// One subsystem through one interface, and a discovery controller that it does not refer to.
firmware::Table boot_table() {
  firmware::Table table;
  table.host = {.nqn = table_nqn, .id = table_hostid};
  table.hfis = {{.index = 1,
                 .mac = {0, 0x53, 0, 0, 0, 1},
                 .address = ip_of("10.20.1.77"),
                 .prefix_length = 24}};
  table.discoveries = {{.index = 1,
                        .hfi = 1,
                        .uri = "nvme+tcp://10.20.1.10/",
                        .traddr = ip_of("10.20.1.10"),
                        .trsvcid = 8009,
                        .nqn = std::string(base::well_known_discovery_nqn)}};
  table.subsystems = {
      {.index = 1, .hfis = {1}, .traddr = ip_of("10.20.1.21"), .trsvcid = 4420, .nqn = root_nqn}};
  return table;
}

decide::Facts host_with(firmware::Table table) {
  decide::Facts facts;
  facts.identity = decide::HostIdentity{own_nqn, own_hostid};
  facts.interfaces = {{.name = "ens1",
                       .up = true,
                       .addresses = {{ip_of("10.20.1.77"), 24}},
                       .mac = firmware::MacAddress{0, 0x53, 0, 0, 0, 1}},
                      {.name = "ens2",
                       .up = true,
                       .addresses = {{ip_of("10.20.1.78"), 24}},
                       .mac = firmware::MacAddress{0, 0x53, 0, 0, 0, 2}}};
  facts.controllers.emplace();
  facts.exclusions.emplace();
  facts.nbft = {std::move(table)};
  return facts;
}

std::string side_of(const base::Endpoint& endpoint) {
  return fmt::format("{} {}", endpoint.host_traddr ? to_text(endpoint.host_traddr) : "-",
                     endpoint.host_iface.empty() ? "-" : endpoint.host_iface);
}

std::vector<plan::Item> items_for(const std::string& policy_text, const decide::Facts& facts) {
  auto const policy = tests::loaded(policy_text);
  std::vector<plan::Item> items;
  for (const event::Event& event : plan::firmware_events(*policy, facts)) {
    plan::Run run(*policy, facts, event);
    for (const plan::Item& item : run.decide_event())
      items.push_back(item);
  }
  return items;
}

std::string shown(const plan::Item& item) {
  std::string text = fmt::format("{} {}", to_string(item.outcome),
                                 item.tid.endpoint ? item.tid.endpoint->port_text() : "");
  if (item.reason)
    text += fmt::format(" {}", to_string(*item.reason));
  if (item.decided_by)
    text += fmt::format(" by {} {}", to_string(item.decided_by->kind), item.decided_by->name);
  return text;
}

decide::Controller live_root(std::optional<std::string> owner) {
  return {.device = "nvme0",
          .state = "live",
          .type = decide::ControllerType::io,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr(ip_of("10.20.1.21")),
                       .trsvcid = 4420,
                       .host_traddr = base::Traddr(ip_of("10.20.1.77")),
                       .host_iface = "ens1"},
          .subsystem_nqn = root_nqn,
          .host_nqn = table_nqn,
          .hostid = table_hostid,
          .owner = std::move(owner)};
}

constexpr const char* no_rules = "version: 1\n";

} // namespace

TEST_CASE("what the table names is wanted without a rule, and a rule or a guard decides first") {
  struct Row {
    std::string name;
    std::string policy;
    std::vector<std::string> expected;
  };
  for (const Row& row : std::vector<Row>{
           {"no rule",
            no_rules,
            {"connect 10.20.1.21:4420 by firmware nbft",
             "discover 10.20.1.10:8009 by firmware nbft"}},
           {"a rule",
            "version: 1\nrules:\n  - {name: root, match: {event: firmware}, action: connect}\n",
            {"connect 10.20.1.21:4420 by rule root", "discover 10.20.1.10:8009 by firmware nbft"}},
           {"a rule that ignores",
            "version: 1\nrules:\n  - {name: none, match: {source: nbft}, action: ignore}\n",
            {"ignored 10.20.1.21:4420 ignored-by-rule by rule none",
             "ignored 10.20.1.10:8009 ignored-by-rule by rule none"}},
           {"a guard",
            "version: 1\ndeny:\n  - {name: old, match: {traddr: 10.20.1.21}}\n",
            {"denied 10.20.1.21:4420 denied by guard old",
             "discover 10.20.1.10:8009 by firmware nbft"}},
           {"nbft: ignore", "version: 1\nfirmware: {nbft: ignore}\n", {}},
       }) {
    CAPTURE(row.name);
    std::vector<std::string> got;
    for (const plan::Item& item : items_for(row.policy, host_with(boot_table())))
      got.push_back(shown(item));
    CHECK(got == row.expected);
  }
}

TEST_CASE("the table's identity, digests and host side win over a rule") {
  firmware::Table table = boot_table();
  table.subsystems.front().header_digest = true;
  auto const items = items_for(R"(version: 1
identities: {tenant: {hostnqn: "nqn.b:host", hostid: 11111111-2222-3333-4444-555555555555}}
rules:
  - {name: volumes, match: {transport: tcp}, action: connect, identity: tenant,
     host-side: same-subnet, connect: {hdr-digest: false, nr-io-queues: 4}}
)",
                               host_with(table));
  REQUIRE(items.size() == 2);
  const plan::Item& root = items.front();
  CHECK(root.tid.host_nqn == table_nqn);
  CHECK(root.tid.hostid == table_hostid);
  CHECK(side_of(*root.tid.endpoint) == "10.20.1.77 ens1");
  CHECK(root.connect.at(base::OptionId::hdr_digest).value == base::OptionValue(true));
  CHECK(root.connect.at(base::OptionId::hdr_digest).origin == "nbft");
  CHECK(root.connect.contains(base::OptionId::nr_io_queues));
  CHECK_FALSE(root.connect.contains(base::OptionId::data_digest));
  CHECK(root.retry.give_up_after == base::infinite_duration);
}

TEST_CASE("the host side is the interface with the MAC and the VLAN") {
  struct Row {
    std::string name;
    std::function<void(firmware::Hfi&, decide::Facts&)> change;
    std::string expected;
    std::optional<decide::Reason> reason;
  };
  auto const nothing = [](firmware::Hfi&, decide::Facts&) {};
  for (const Row& row : std::vector<Row>{
           {"by MAC", nothing, "10.20.1.77 ens1", {}},
           {"another name",
            [](firmware::Hfi&, decide::Facts&facts) { facts.interfaces->front().name = "nbft0"; },
            "10.20.1.77 nbft0",
            {}},
           {"a VLAN of that MAC",
            [](firmware::Hfi&hfi, decide::Facts&facts) {
              hfi.vlan = 21;
              facts.interfaces->front().addresses.clear();
              facts.interfaces->push_back({.name = "ens1.21",
                                           .up = true,
                                           .addresses = {{ip_of("10.20.1.77"), 24}},
                                           .mac = hfi.mac,
                                           .vlan = 21});
            },
            "10.20.1.77 ens1.21",
            {}},
           {"a VLAN, whose address the untagged interface has",
            [](firmware::Hfi&hfi, decide::Facts&facts) {
              hfi.vlan = 21;
              hfi.from_dhcp = true;
              facts.interfaces->push_back({.name = "ens1.21",
                                           .up = true,
                                           .addresses = {{ip_of("10.20.1.80"), 24}},
                                           .mac = hfi.mac,
                                           .vlan = 21});
            },
            "- ens1.21",
            {}},
           {"a bridge that has the address",
            [](firmware::Hfi&hfi, decide::Facts&facts) {
              facts.interfaces->front().addresses.clear();
              facts.interfaces->push_back({.name = "br0",
                                           .up = true,
                                           .addresses = {{ip_of("10.20.1.77"), 24}},
                                           .mac = hfi.mac});
            },
            "10.20.1.77 br0",
            {}},
           {"an interface that is not there",
            [](firmware::Hfi&, decide::Facts&facts) {
              facts.interfaces->erase(facts.interfaces->begin());
            },
            "10.20.1.77 -", decide::Reason::source_missing},
           {"a lease that has moved",
            [](firmware::Hfi&hfi, decide::Facts&) {
              hfi.from_dhcp = true;
              hfi.address = ip_of("10.20.1.99");
            },
            "- ens1",
            {}},
           {"a lease that is not there yet",
            [](firmware::Hfi&hfi, decide::Facts&facts) {
              hfi.from_dhcp = true;
              facts.interfaces->front().addresses.clear();
            },
            "10.20.1.77 ens1", decide::Reason::source_missing},
           {"a static address that is gone",
            [](firmware::Hfi&hfi, decide::Facts&) { hfi.address = ip_of("10.20.1.99"); },
            "10.20.1.99 ens1", decide::Reason::source_missing},
       }) {
    CAPTURE(row.name);
    decide::Facts facts = host_with(boot_table());
    row.change(facts.nbft.front().hfis.front(), facts);
    auto const items = items_for(no_rules, facts);
    REQUIRE_FALSE(items.empty());
    CHECK(side_of(*items.front().tid.endpoint) == row.expected);
    CHECK(items.front().reason == row.reason);
  }
}

TEST_CASE("a live controller of the table is kept under the firmware's owner, ours and none") {
  struct Row {
    std::string policy;
    std::optional<std::string> owner;
    std::string nqn;
    std::string expected;
  };
  for (const Row& row : std::vector<Row>{
           {no_rules, {}, root_nqn, "keep 10.20.1.21:4420 by firmware nbft"},
           {no_rules, "nbft", root_nqn, "keep 10.20.1.21:4420 by firmware nbft"},
           {no_rules, "nvmf-policy", root_nqn, "keep 10.20.1.21:4420 by firmware nbft"},
           {no_rules, "stas", root_nqn, "refused 10.20.1.21:4420 owned-by by firmware nbft"},
       }) {
    CAPTURE(row.owner.value_or("none"));
    decide::Facts facts = host_with(boot_table());
    facts.controllers = {live_root(row.owner)};
    auto const items = items_for(row.policy, facts);
    REQUIRE_FALSE(items.empty());
    CHECK(shown(items.front()) == row.expected);
  }
}

TEST_CASE("an entry for a subsystem of the table takes its identity") {
  event::LogEntry const entry{.trtype = 3,
                              .adrfam = 1,
                              .subtype = event::EntrySubtype::nvm_subsystem,
                              .secure_channel = base::SecureChannel::not_required,
                              .portid = 1,
                              .trsvcid = "4420",
                              .subnqn = root_nqn,
                              .traddr = "10.20.1.21"};
  event::LogEntry other_address = entry;
  other_address.traddr = "10.20.1.22";
  event::LogEntry other_subsystem = entry;
  other_subsystem.subnqn = "nqn.a:data";
  event::DiscoveryLog const log{
      .genctr = 1, .numrec = 3, .entries = {entry, other_address, other_subsystem}};
  struct Row {
    std::string name;
    std::string policy;
    std::vector<std::string> expected;
    std::vector<std::string> host_nqns;
  };
  for (const Row& row : std::vector<Row>{
           {"a rule for all",
            "version: 1\nrules:\n  - {name: all, match: {transport: tcp}, action: connect}\n"
            "  - {name: dcs, match: {transport: tcp}, action: discover}\n",
            {"keep 10.20.1.21:4420 by rule all", "connect 10.20.1.22:4420 by rule all",
             "connect 10.20.1.21:4420 by rule all"},
            {table_nqn, table_nqn, own_nqn}},
           {"no rule for subsystems",
            "version: 1\nrules:\n  - {name: dcs, match: {transport: tcp}, action: discover}\n",
            {"keep 10.20.1.21:4420 by firmware nbft", "ignored 10.20.1.22:4420 no-rule-matched",
             "ignored 10.20.1.21:4420 no-rule-matched"},
            {table_nqn, table_nqn, own_nqn}},
       }) {
    CAPTURE(row.name);
    decide::Facts facts = host_with(boot_table());
    facts.controllers = {live_root("nbft")};
    auto const policy = tests::loaded(row.policy);
    plan::Run run(*policy, facts,
                  {.kind = base::EventKind::discovery_log_changed,
                   .subject = base::Subject::discovery_controller,
                   .endpoint = {.traddr = base::Traddr(ip_of("10.20.1.30")), .trsvcid = 8009},
                   .discovery_nqn = std::string(base::well_known_discovery_nqn)});
    run.decide_event();
    auto const items = run.decide_log(0, log);
    REQUIRE(items.size() == 3);
    for (std::size_t i = 0; i < items.size(); ++i) {
      CAPTURE(i);
      CHECK(shown(items[i]) == row.expected[i]);
      CHECK(items[i].tid.host_nqn == row.host_nqns[i]);
    }
    auto const& sources = run.event_of(1).sources;
    CHECK(std::find(sources.begin(), sources.end(), "nbft") != sources.end());
  }
}

TEST_CASE("the same address from another interface is another path") {
  auto const policy = tests::loaded(no_rules);
  decide::Facts const facts = host_with(boot_table());
  event::Event const entry{.kind = base::EventKind::discovered,
                           .subject = base::Subject::io_subsystem,
                           .endpoint = {.traddr = base::Traddr(ip_of("10.20.1.21")),
                                        .trsvcid = 4420,
                                        .host_iface = "ens2"},
                           .subsystem_nqn = root_nqn};
  auto const decided = plan::as_in_tables(*policy, facts, entry);
  CHECK(decided.in_table == event::InTable::subsystem);
  CHECK(side_of(decided.endpoint) == "- ens2");
  CHECK(decided.host_nqn == table_nqn);
}

TEST_CASE("an interface that got another name since its event was made is found again") {
  auto const policy = tests::loaded(no_rules);
  decide::Facts facts = host_with(boot_table());
  event::Event const event = plan::firmware_events(*policy, facts).front();
  REQUIRE(side_of(event.endpoint) == "10.20.1.77 ens1");
  facts.interfaces->front().name = "nbft0";
  auto const again = plan::as_in_tables(*policy, facts, event);
  CHECK(side_of(again.endpoint) == "10.20.1.77 nbft0");
  CHECK(again.in_table == event::InTable::path);

  // So is that of a path that was lost with it.
  event::Event lost = event;
  lost.kind = base::EventKind::controller_lost;
  CHECK(side_of(plan::as_in_tables(*policy, facts, lost).endpoint) == "10.20.1.77 nbft0");
  // Another address over the old name is another path.
  lost.endpoint.host_traddr = base::Traddr(ip_of("10.20.1.79"));
  CHECK(side_of(plan::as_in_tables(*policy, facts, lost).endpoint) == "10.20.1.79 ens1");
}

TEST_CASE("a security profile asks for a secure channel") {
  firmware::Table table = boot_table();
  table.subsystems.front().security = 1;
  auto const refused = items_for(no_rules, host_with(table));
  CHECK(refused.front().reason == decide::Reason::security_required);
  auto const secure = items_for("version: 1\nrules:\n  - {name: tls, match: {transport: tcp}, "
                                "action: connect, connect: {tls: true}}\n",
                                host_with(table));
  CHECK(secure.front().outcome == Outcome::connect);
}

TEST_CASE("a path that was not available to the firmware is tried and marked") {
  firmware::Table table = boot_table();
  CHECK_FALSE(items_for(no_rules, host_with(table)).front().firmware->was_unavailable);
  table.subsystems.front().availability = firmware::Availability::unavailable;
  auto const items = items_for(no_rules, host_with(table));
  CHECK(items.front().outcome == Outcome::connect);
  CHECK(items.front().firmware->was_unavailable);
}

TEST_CASE("discovery controllers that no subsystem refers to are read and not kept") {
  firmware::Table table = boot_table();
  auto const items = items_for("version: 1\nrules:\n  - {name: dcs, match: {any: true}, action: "
                               "discover, persistent: true}\n",
                               host_with(table));
  REQUIRE(items.size() == 2);
  CHECK(shown(items[1]) == "discover 10.20.1.10:8009 by rule dcs");
  CHECK_FALSE(items[1].keep_connected);
  CHECK(items[1].tid.host_nqn == table_nqn);
  table.subsystems.front().discovery = 1;
  CHECK(items_for(no_rules, host_with(table)).size() == 1);
  // A subsystem by the well-known name refers to nothing, and is none.
  table.subsystems.front().nqn = base::well_known_discovery_nqn;
  auto const one = items_for(no_rules, host_with(table));
  REQUIRE(one.size() == 1);
  CHECK(one.front().subject == base::Subject::discovery_controller);
}

TEST_CASE("the identity nbft is that of the first table with a host NQN") {
  auto const policy = tests::loaded("version: 1\nrules:\n  - {name: all, match: {transport: tcp}, "
                                    "action: connect, identity: nbft}\n");
  event::Event const entry{
      .kind = base::EventKind::discovered,
      .subject = base::Subject::io_subsystem,
      .endpoint = {.traddr = base::Traddr(ip_of("10.20.1.40")), .trsvcid = 4420},
      .subsystem_nqn = "nqn.a:other"};
  decide::Facts facts = host_with(boot_table());
  plan::Run with_table(*policy, facts, entry);
  CHECK(with_table.decide_event().front().tid.host_nqn == table_nqn);
  facts.nbft.clear();
  SUBCASE("the host's own is known") {}
  SUBCASE("the host's own is unknown") { facts.identity.reset(); }
  plan::Run without(*policy, facts, entry);
  CHECK(without.decide_event().front().reason == decide::Reason::identity_missing);
}

TEST_CASE("where the table's host is this host its name is default") {
  firmware::Table table = boot_table();
  table.host = {.nqn = own_nqn, .id = own_hostid};
  auto const policy = tests::loaded(no_rules);
  auto const events = plan::firmware_events(*policy, host_with(table));
  REQUIRE(events.size() == 2);
  CHECK(events.front().identity == "default");
  CHECK(plan::firmware_events(*policy, host_with(boot_table())).front().identity == "nbft");
}

TEST_CASE("each path of several tables is one event") {
  decide::Facts facts = host_with(boot_table());
  facts.nbft.push_back(boot_table());
  facts.nbft[1].subsystems.push_back(boot_table().subsystems.front());
  facts.nbft[1].subsystems[1].traddr = ip_of("10.20.1.22");
  auto const policy = tests::loaded(no_rules);
  CHECK(plan::firmware_events(*policy, facts).size() == 3);
  CHECK(plan::all_events(*policy, facts).size() == 3);
}
