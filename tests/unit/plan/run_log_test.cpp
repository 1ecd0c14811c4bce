// Entries of discovery logs.
#include "decide/samples.hpp"
#include "event/event_file.hpp"
#include "plan/endpoints.hpp"
#include "plan/run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;
using decide::Outcome;
using decide::Reason;
using event::EntrySubtype;
using event::LogEntry;

namespace {

LogEntry volume(const std::string& traddr, const std::string& nqn) {
  return {.trtype = 3,
          .adrfam = 1,
          .subtype = EntrySubtype::nvm_subsystem,
          .trsvcid = "4420",
          .subnqn = nqn,
          .traddr = traddr};
}

LogEntry referral(const std::string& traddr, std::uint16_t eflags = 0) {
  return {.trtype = 3,
          .adrfam = 1,
          .subtype = EntrySubtype::referral,
          .eflags = eflags,
          .trsvcid = "8009",
          .subnqn = "nqn.2014-08.org.nvmexpress.discovery",
          .traddr = traddr};
}

LogEntry self(std::uint16_t eflags = 0) {
  LogEntry entry = referral("10.20.1.10", eflags);
  entry.subtype = EntrySubtype::current_discovery;
  return entry;
}

event::DiscoveryLog log_of(std::vector<LogEntry> entries) {
  return {.genctr = 1, .numrec = entries.size(), .entries = std::move(entries)};
}

// "connect", "ignored/self-entry", …, one per item.
std::vector<std::string> shown(const std::vector<plan::Item>& items) {
  std::vector<std::string> words;
  for (const plan::Item& item : items)
    words.push_back(std::string(to_string(item.outcome)) +
                    (item.reason ? "/" + std::string(to_string(*item.reason)) : ""));
  return words;
}

std::shared_ptr<const policy::Policy> everything() {
  return tests::loaded(R"(version: 1
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
)");
}

std::vector<plan::Item> decide_entries(const policy::Policy& policy,
                                       std::vector<LogEntry> entries) {
  decide::Facts const facts;
  plan::Run run(policy, facts, tests::log_changed_tcp("10.20.1.10"));
  run.decide_event();
  return run.decide_log(0, log_of(std::move(entries)));
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("one item a record, in log order") {
  auto const policy = everything();
  LogEntry pcie = volume("10.20.1.21", "nqn.a:b");
  pcie.trtype = 0;
  LogEntry odd = volume("10.20.1.21", "nqn.a:b");
  odd.subtype = EntrySubtype::unknown;
  auto const items = decide_entries(
      *policy, {volume("10.20.1.21", "nqn.a:v1"), self(), volume("10.20.1.21", "nqn.a:v1"), pcie,
                odd, volume("10.20.1.22", "nqn.a:v1,nqn=nqn.a:evil"), volume("fd20::1", "nqn.a:v1"),
                volume("10.20.1.22", "nqn.a:v1")});
  CHECK(shown(items) == Words{"connect", "ignored/self-entry", "ignored/duplicate-of",
                              "ignored/not-a-fabric", "ignored/unknown-subtype",
                              "ignored/invalid-entry", "ignored/invalid-entry", "connect"});
  CHECK(items[2].detail == "item 1");
  for (const plan::Item& item : items)
    CHECK(item.parent == 0);
}

TEST_CASE("referrals: followed once, to a depth, not when their information was had") {
  auto const policy = tests::loaded(R"(version: 1
limits: { referral-depth: 2 }
rules:
  - { name: discovery, match: { any: true }, action: discover }
)");
  decide::Facts const facts;
  plan::Run run(*policy, facts, tests::log_changed_tcp("10.20.1.10"));
  run.decide_event();
  auto const first = run.decide_log(
      0, log_of({referral("10.20.1.10"), referral("10.20.1.11"), referral("10.20.1.11")}));
  CHECK(shown(first) == Words{"ignored/referral-loop", "discover", "ignored/referral-loop"});
  auto const second = run.decide_log(2, log_of({referral("10.20.1.12"), referral("10.20.1.10")}));
  CHECK(shown(second) == Words{"discover", "ignored/referral-loop"});
  auto const third = run.decide_log(4, log_of({referral("10.20.1.13")}));
  CHECK(shown(third) == Words{"ignored/referral-depth"});

  auto const had = event::eflag_duplicate_returned_information;
  CHECK(shown(decide_entries(*policy, {self(had), referral("10.20.1.11", had)})) ==
        Words{"ignored/self-entry", "ignored/referral-loop"});
  CHECK(shown(decide_entries(*policy, {referral("10.20.1.11", had), referral("10.20.1.12", had),
                                       referral("10.20.1.13")})) ==
        Words{"discover", "ignored/referral-loop", "discover"});
}

TEST_CASE("referrals: ignore ends them by the rule that discovered, guards first") {
  auto const policy = tests::loaded(R"(version: 1
deny:
  - { name: wiped, match: { traddr: 10.20.9.0/24 } }
rules:
  - { name: discovery, match: { any: true }, action: discover, referrals: ignore }
)");
  auto const items = decide_entries(
      *policy, {referral("10.20.1.11"), referral("10.20.9.1"), referral("10.20.1.11")});
  CHECK(shown(items) ==
        Words{"ignored/ignored-by-rule", "denied/denied", "ignored/ignored-by-rule"});
  CHECK(items[0].decided_by->name == "discovery");
}

TEST_CASE("`source` is the chain of targets and rules through referrals") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: dc-a, transport: tcp, traddr: 10.20.1.10 }
rules:
  - { name: first, match: { traddr: 10.20.1.10 }, action: discover }
  - { name: second, match: { any: true }, action: discover }
  - { name: of-a, match: { source: dc-a, subsystem-nqn: "*:target" }, action: connect }
  - { name: of-first, match: { source: first, subsystem-nqn: "*:rule" }, action: connect }
  - { name: of-second, match: { source: second }, action: connect }
)");
  decide::Facts const facts;
  plan::Run run(*policy, facts, tests::log_changed_tcp("10.20.1.10"));
  run.decide_event();
  auto const items = run.decide_log(
      0, log_of({volume("10.0.0.1", "nqn.a:target"), volume("10.0.0.1", "nqn.a:rule"),
                 volume("10.0.0.1", "nqn.a:other"), referral("10.20.1.11")}));
  CHECK(shown(items) == Words{"connect", "connect", "ignored/no-rule-matched", "discover"});
  CHECK(items[0].decided_by->name == "of-a");
  CHECK(items[1].decided_by->name == "of-first");
  auto const below = run.decide_log(
      4, log_of({volume("10.0.0.2", "nqn.a:target"), volume("10.0.0.2", "nqn.a:other")}));
  CHECK(below[0].decided_by->name == "of-a");
  CHECK(below[1].decided_by->name == "of-second");
}

TEST_CASE(
    "a target's own event has its name as source, wherever it comes from; so have its entries") {
  auto const policy = tests::loaded(R"(version: 1
targets:
  - { name: vol, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "nqn.a:v" }
  - { name: dc-a, transport: tcp, traddr: 10.20.1.10 }
  - { name: dc-b, transport: tcp, traddr: 10.20.1.11 }
rules:
  - { name: of-vol, match: { source: vol }, action: connect }
  - { name: of-b, match: { source: dc-b }, action: discover }
  - { name: a, match: { traddr: 10.20.1.10 }, action: discover }
  - { name: below, match: { source: dc-a }, action: connect }
)");
  struct Row {
    const char* target;
    const char* file;
    Words decided;
  };
  Row const rows[] = {
      {"vol",
       "{event: boot, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, subsystem-nqn: "
       "\"nqn.a:v\", target: vol}",
       {"connect"}},
      {"dc-b",
       "{event: boot, transport: tcp, traddr: 10.20.1.11, trsvcid: 8009, target: dc-b}",
       {"discover", "ignored/no-rule-matched"}},
      {"dc-a",
       "{event: boot, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009, target: dc-a}",
       {"discover", "connect"}},
  };
  decide::Facts const facts;
  auto const decided = [&](const event::Event& event) {
    plan::Run run(*policy, facts, event);
    if (run.decide_event().front().outcome == Outcome::discover)
      run.decide_log(0, log_of({volume("10.0.0.1", "nqn.a:w")}));
    return shown(run.items());
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    for (const policy::Target& target : policy->targets)
      if (target.name == row.target)
        CHECK(decided(plan::target_events(*policy, facts, target).front()) == row.decided);
    diag::Sink sink;
    auto const file = event::parse_event_file(
        std::make_shared<const diag::Source>(diag::Source{"event", row.file}), sink);
    REQUIRE(file);
    CHECK(decided(std::get<event::Event>(file->reading)) == row.decided);
  }
}

TEST_CASE("items know the record that they were made from") {
  auto const policy = tests::loaded(R"(version: 1
limits: { log-entries: 3 }
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect, host-side: same-subnet }
)");
  decide::Facts facts;
  facts.interfaces = {
      {"a", true, {{*base::IpAddress::parse("10.0.0.2"), 24}}},
      {"b", true, {{*base::IpAddress::parse("10.0.0.3"), 24}}},
  };
  plan::Run run(*policy, facts, tests::log_changed_tcp("10.20.1.10"));
  run.decide_event();
  run.decide_log(0, log_of({self(), volume("10.0.0.1", "nqn.a:v"), volume("10.0.0.1", "nqn.a:w"),
                            volume("10.0.0.1", "nqn.a:x")}));
  std::string records;
  for (std::size_t at = 0; at < run.items().size(); ++at) {
    auto const record = run.record_of(at);
    records += (record ? std::to_string(*record) : "-") + " ";
  }
  CHECK(records == "- 0 1 1 2 2 3 ");
}

TEST_CASE("records beyond the limit are shown, not decided") {
  auto const policy = tests::loaded(R"(version: 1
limits: { log-entries: 2 }
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
)");
  auto const items =
      decide_entries(*policy, {volume("10.0.0.1", "nqn.a:1"), volume("10.0.0.1", "nqn.a:2"),
                               volume("10.0.0.1", "nqn.a:3"), volume("10.0.0.1", "nqn.a:4")});
  CHECK(shown(items) == Words{"connect", "connect", "ignored/over-limit", "ignored/over-limit"});
  CHECK(items[2].detail == "record 3 of the log, `limits.log-entries` is 2");
  CHECK(items[3].tid.subsystem_nqn == "nqn.a:4");
  CHECK(items[3].tid.endpoint->traddr->to_string() == "10.0.0.1");
}

TEST_CASE("a record not connected to the central discovery controller goes to the slow lane") {
  auto const policy = everything();
  LogEntry away = volume("10.20.1.21", "nqn.a:v1");
  away.eflags = event::eflag_not_connected_to_cdc;
  auto const items = decide_entries(*policy, {away, volume("10.20.1.22", "nqn.a:v1")});
  CHECK(items[0].slow_lane);
  CHECK_FALSE(items[1].slow_lane);
}

TEST_CASE("entries inherit the host side and identity that the controller was connected with") {
  auto const policy = everything();
  decide::Facts facts;
  facts.controllers = {
      {.device = "nvme0",
       .state = "live",
       .type = decide::ControllerType::discovery,
       .endpoint = {.transport = base::Transport::tcp,
                    .traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.10"),
                    .trsvcid = 8009,
                    .host_iface = "ens1f0"},
       .host_nqn = "nqn.2014-08.com.example:tenant",
       .hostid = "11111111-1111-1111-1111-111111111111"}};
  event::Event event = tests::log_changed_tcp("10.20.1.10");
  event.device = "nvme0";
  event.host_nqn = "nqn.2014-08.com.example:tenant";
  event.hostid = "11111111-1111-1111-1111-111111111111";
  plan::Run run(*policy, facts, event);
  run.decide_event();
  LogEntry rdma = volume("10.20.1.22", "nqn.a:v1");
  rdma.trtype = 1;
  auto const items = run.decide_log(0, log_of({volume("10.20.1.21", "nqn.a:v1"), rdma}));
  CHECK(items[0].tid.endpoint->host_iface == "ens1f0");
  CHECK(items[0].tid.host_nqn == "nqn.2014-08.com.example:tenant");
  CHECK(items[0].tid.hostid == "11111111-1111-1111-1111-111111111111");
  CHECK(items[1].tid.endpoint->host_iface.empty());
}

TEST_CASE("two subnets, four discovery controllers: each path once") {
  auto const policy = tests::loaded(R"(version: 1
rules:
  - { name: dcs, match: { trsvcid: 8009 }, action: discover }
  - { name: lun, match: { subsystem-nqn: "nqn.1992-08.com.netapp:*" }, action: connect, host-side: same-subnet, connect: { ctrl-loss-tmo: infinity } }
)");
  decide::Facts facts;
  facts.interfaces = {
      {.name = "ens1f0", .up = true, .addresses = {{*base::IpAddress::parse("192.168.30.15"), 24}}},
      {.name = "ens1f1",
       .up = true,
       .addresses = {{*base::IpAddress::parse("192.168.31.15"), 24}}}};
  std::vector<const char*> const portals{"192.168.30.48", "192.168.30.49", "192.168.31.48",
                                         "192.168.31.49"};
  std::vector<LogEntry> records;
  for (std::size_t i = 0; i < portals.size(); ++i)
    records.push_back(self(3));
  for (const char* portal : portals)
    records.push_back(volume(portal, "nqn.1992-08.com.netapp:sn.51a3:subsystem.Nvme38"));
  auto const count_all = [&](const decide::Facts& known) {
    plan::PathLedger paths;
    std::map<std::string, int> counts;
    for (const char* portal : portals) {
      plan::Run run(*policy, known, tests::log_changed_tcp(portal), {.shared_paths = &paths});
      run.decide_event();
      for (const std::string& word : shown(run.decide_log(0, log_of(records))))
        ++counts[word];
    }
    return counts;
  };
  CHECK(count_all(facts) == std::map<std::string, int>{{"connect", 4},
                                                       {"ignored/duplicate-of", 12},
                                                       {"ignored/self-entry", 16}});
  (*facts.interfaces)[1].up = false;
  CHECK(count_all(facts) == std::map<std::string, int>{{"connect", 2},
                                                       {"ignored/duplicate-of", 6},
                                                       {"refused/source-missing", 8},
                                                       {"ignored/self-entry", 16}});
}

TEST_CASE("two fc fabrics: each pair of ports once") {
  auto const policy = everything();
  auto const fc = [](const std::string& text) { return *base::FcAddress::parse(text); };
  auto const host_2 = fc("nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2");
  auto const host_3 = fc("nn-0x2000f4c7aa0cd7c3:pn-0x2100f4c7aa0cd7c3");
  auto const port = [&](const char* pn) {
    return fc(fmt::format("nn-0x2036d039ea951c45:pn-0x{}d039ea951c45", pn));
  };
  decide::Facts facts;
  facts.fc_ports = {{host_2, std::vector{port("2037"), port("2039")}},
                    {host_3, std::vector{port("2038"), port("203a")}}};
  std::vector<LogEntry> records;
  for (const char* pn : {"2037", "2038", "2039", "203a"})
    records.push_back({.trtype = 2,
                       .adrfam = 4,
                       .subtype = EntrySubtype::nvm_subsystem,
                       .trsvcid = "none",
                       .subnqn = "nqn.1992-08.com.netapp:sn.f756:subsystem.nvme1",
                       .traddr = fmt::format("NN-2036D039EA951C45,PN-{}D039EA951C45", pn)});
  plan::PathLedger paths;
  std::map<std::string, int> counts;
  for (auto const& [host, remotes] : *facts.fc_ports)
    for (auto const& remote : remotes.value()) {
      plan::Run run(*policy, facts,
                    {.kind = base::EventKind::fc_discovery,
                     .subject = base::Subject::discovery_controller,
                     .endpoint = {.transport = base::Transport::fc,
                                  .traddr = base::Traddr(remote),
                                  .host_traddr = base::Traddr(host)},
                     .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"},
                    {.shared_paths = &paths});
      run.decide_event();
      auto const items = run.decide_log(0, log_of(records));
      for (const plan::Item& item : items) {
        CHECK_FALSE(item.tid.endpoint->trsvcid);
        CHECK(item.tid.endpoint->host_iface.empty());
      }
      for (const std::string& word : shown(items))
        ++counts[word];
    }
  CHECK(counts == std::map<std::string, int>{{"connect", 4},
                                             {"ignored/duplicate-of", 4},
                                             {"refused/not-reachable-from-source", 8}});
}
