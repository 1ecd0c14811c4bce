#include "event/from_entry.hpp"

#include "base/nqn.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace nvmf;
using event::EntryEvent;
using event::EntryProblem;
using event::EntrySubtype;
using event::LogEntry;
using Kind = event::EntryProblem::Kind;

namespace {

const std::string vol = "nqn.2014-08.com.example:vol1";

event::Event tcp_parent() {
  return {.kind = base::EventKind::discovery_log_changed,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse_any("10.20.1.10"),
                       .trsvcid = 8009,
                       .host_traddr = base::Traddr::parse_any("10.20.1.77"),
                       .host_iface = "ens1f0"},
          .discovery_nqn = "nqn.2014-08.com.example:discovery",
          .host_nqn = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555",
          .hostid = "11111111-2222-3333-4444-555555555555",
          .sources = {"dc-a"},
          .udev = {{"ACTION", "change"}},
          .device = "nvme0"};
}

LogEntry tcp_entry() {
  return {.trtype = 3,
          .adrfam = 1,
          .subtype = EntrySubtype::nvm_subsystem,
          .portid = 7,
          .trsvcid = "4420",
          .subnqn = vol,
          .traddr = "10.20.1.21",
          .sectype = 2};
}

LogEntry changed(const std::function<void(LogEntry&)>& change) {
  LogEntry entry = tcp_entry();
  change(entry);
  return entry;
}

} // namespace

TEST_CASE("a usable entry becomes an event of its own") {
  auto const reading = event::from_entry(tcp_entry(), tcp_parent());
  const auto* entry = std::get_if<EntryEvent>(&reading);
  REQUIRE(entry);
  CHECK(entry->nqn == vol);
  CHECK(entry->event ==
        event::Event{.kind = base::EventKind::discovered,
                     .subject = base::Subject::io_subsystem,
                     .endpoint = {.transport = base::Transport::tcp,
                                  .traddr = base::Traddr::parse_any("10.20.1.21"),
                                  .trsvcid = 4420,
                                  .host_traddr = base::Traddr::parse_any("10.20.1.77"),
                                  .host_iface = "ens1f0"},
                     .subsystem_nqn = vol,
                     .discovery_nqn = "nqn.2014-08.com.example:discovery",
                     .host_nqn =
                         "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555",
                     .hostid = "11111111-2222-3333-4444-555555555555",
                     .portid = 7,
                     .secure_channel = base::SecureChannel::unspecified,
                     .sectype = 2,
                     .sources = {"dc-a"}});
}

TEST_CASE("entries that are events") {
  struct Row {
    const char* name;
    LogEntry entry;
    const char* traddr; // as shown; "" for none
    int trsvcid;        // 0: unset
    const char* host_traddr;
    const char* host_iface;
    base::EventKind kind;
  };
  using base::EventKind;
  const std::string fc = "nn-0x201700a09890f5bf:pn-0x201900a09890f5bf";
  const Row rows[] = {
      {"ipv6", changed([](auto& e) { e.adrfam = 2, e.traddr = "FD20:A:0::21"; }), "fd20:a::21",
       4420, "10.20.1.77", "ens1f0", EventKind::discovered},
      {"mapped ipv6 is ipv4",
       changed([](auto& e) { e.adrfam = 2, e.traddr = "::ffff:10.20.1.21"; }), "10.20.1.21", 4420,
       "10.20.1.77", "ens1f0", EventKind::discovered},
      {"link-local takes the interface of the discovery controller",
       changed([](auto& e) { e.adrfam = 2, e.traddr = "fe80::1"; }), "fe80::1%ens1f0", 4420,
       "10.20.1.77", "ens1f0", EventKind::discovered},
      {"service id none: the usual one", changed([](auto& e) { e.trsvcid = "none"; }), "10.20.1.21",
       4420, "10.20.1.77", "ens1f0", EventKind::discovered},
      {"referral", changed([](auto& e) {
         e.subtype = EntrySubtype::referral;
         e.subnqn = base::well_known_discovery_nqn;
         e.trsvcid = "8010";
       }),
       "10.20.1.21", 8010, "10.20.1.77", "ens1f0", EventKind::referral},
      {"referral without service id", changed([](auto& e) {
         e.subtype = EntrySubtype::referral;
         e.subnqn = base::well_known_discovery_nqn;
         e.trsvcid = "";
       }),
       "10.20.1.21", 8009, "10.20.1.77", "ens1f0", EventKind::referral},
      {"another transport inherits no host side", changed([](auto& e) { e.trtype = 1; }),
       "10.20.1.21", 4420, "", "", EventKind::discovered},
      {"infiniband", changed([](auto& e) { e.trtype = 1, e.adrfam = 3, e.traddr = "fd00::1"; }),
       "fd00::1", 4420, "", "", EventKind::discovered},
      {"rdma link-local keeps its scope",
       changed([](auto& e) { e.trtype = 1, e.adrfam = 2, e.traddr = "fe80::1%ib0"; }),
       "fe80::1%ib0", 4420, "", "", EventKind::discovered},
      {"fc with comma and upper case, its service id is nothing", changed([](auto& e) {
         e.trtype = 2, e.adrfam = 4, e.trsvcid = "none";
         e.traddr = "nn-0x201700A09890F5BF,pn-0x201900A09890F5BF";
       }),
       fc.c_str(), 0, "", "", EventKind::discovered},
      {"fc without 0x", changed([](auto& e) {
         e.trtype = 2, e.adrfam = 4, e.trsvcid = "";
         e.traddr = "nn-201700a09890f5bf:pn-201900a09890f5bf";
       }),
       fc.c_str(), 0, "", "", EventKind::discovered},
      {"loop without address",
       changed([](auto& e) { e.trtype = 254, e.adrfam = 254, e.traddr = "", e.trsvcid = ""; }), "",
       0, "", "", EventKind::discovered},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const reading = event::from_entry(row.entry, tcp_parent());
    const auto* entry = std::get_if<EntryEvent>(&reading);
    REQUIRE(entry);
    const event::Event& got = entry->event;
    CHECK((got.endpoint.traddr ? got.endpoint.traddr->to_string() : "") == row.traddr);
    CHECK(got.endpoint.trsvcid.value_or(0) == row.trsvcid);
    CHECK((got.endpoint.host_traddr ? got.endpoint.host_traddr->to_string() : "") ==
          row.host_traddr);
    CHECK(got.endpoint.host_iface == row.host_iface);
    CHECK(got.kind == row.kind);
    CHECK(got.subsystem_nqn ==
          (row.kind == EventKind::referral ? std::string() : std::string(vol)));
    CHECK(entry->nqn == row.entry.subnqn);
  }
}

TEST_CASE("entries that are none") {
  struct Row {
    const char* name;
    LogEntry entry;
    Kind kind;
    const char* detail;
  };
  const std::string forbidden = "contains a comma, blank, control or non-ASCII character";
  const std::string nqn_forbidden = "subsystem-nqn " + forbidden;
  const std::string traddr_forbidden = "traddr " + forbidden;
  const std::string trsvcid_forbidden = "trsvcid " + forbidden;
  const Row rows[] = {
      {"second nqn behind a comma",
       changed([](auto& e) { e.subnqn = "nqn.x:a,nqn=nqn.2014-08.com.example:b"; }),
       Kind::invalid_entry, nqn_forbidden.c_str()},
      {"newline in nqn", changed([](auto& e) { e.subnqn = "nqn.x:a\nb"; }), Kind::invalid_entry,
       nqn_forbidden.c_str()},
      {"blank in nqn", changed([](auto& e) { e.subnqn = "nqn.x:a b"; }), Kind::invalid_entry,
       nqn_forbidden.c_str()},
      {"non-ascii in nqn", changed([](auto& e) { e.subnqn = "nqn.x:\xc3\xa4"; }),
       Kind::invalid_entry, nqn_forbidden.c_str()},
      {"comma in address", changed([](auto& e) { e.traddr = "10.20.1.21,tls"; }),
       Kind::invalid_entry, traddr_forbidden.c_str()},
      {"control character in address", changed([](auto& e) { e.traddr = "10.20.1.21\x1b"; }),
       Kind::invalid_entry, traddr_forbidden.c_str()},
      {"comma in service id", changed([](auto& e) { e.trsvcid = "4420,tls"; }), Kind::invalid_entry,
       trsvcid_forbidden.c_str()},
      {"comma in an fc address that is none",
       changed([](auto& e) { e.trtype = 2, e.adrfam = 4, e.traddr = "nn-0x1,pn-0x2"; }),
       Kind::invalid_entry, traddr_forbidden.c_str()},
      {"empty nqn", changed([](auto& e) { e.subnqn.clear(); }), Kind::invalid_entry,
       "subsystem-nqn is empty"},
      {"long nqn", changed([](auto& e) { e.subnqn = "nqn." + std::string(220, 'x'); }),
       Kind::invalid_entry, "subsystem-nqn is longer than 223 bytes"},
      {"subsystem named like a discovery controller",
       changed([](auto& e) { e.subnqn = base::well_known_discovery_nqn; }), Kind::invalid_entry,
       "subsystem-nqn is the well-known discovery NQN"},
      {"family of another transport", changed([](auto& e) { e.adrfam = 4; }), Kind::invalid_entry,
       "address family fibre-channel does not fit transport tcp"},
      {"infiniband on tcp", changed([](auto& e) { e.adrfam = 3; }), Kind::invalid_entry,
       "address family infiniband does not fit transport tcp"},
      {"unknown family", changed([](auto& e) { e.adrfam = 77; }), Kind::invalid_entry,
       "address family 77 does not fit transport tcp"},
      {"ipv4 said, ipv6 written", changed([](auto& e) { e.traddr = "fd20::1"; }),
       Kind::invalid_entry, "traddr `fd20::1` does not fit address family ipv4"},
      {"ipv6 said, ipv4 written", changed([](auto& e) { e.adrfam = 2; }), Kind::invalid_entry,
       "traddr `10.20.1.21` does not fit address family ipv6"},
      {"host name", changed([](auto& e) { e.traddr = "array.example"; }), Kind::invalid_entry,
       "traddr `array.example` is not a valid tcp address"},
      {"unspecified address", changed([](auto& e) { e.traddr = "0.0.0.0"; }), Kind::invalid_entry,
       "traddr `0.0.0.0` is not the address of one host"},
      {"multicast address", changed([](auto& e) { e.adrfam = 2, e.traddr = "ff02::1"; }),
       Kind::invalid_entry, "traddr `ff02::1` is not the address of one host"},
      {"text behind a NUL", changed([](auto& e) { e.subnqn = std::string("nqn.x:a\0,nqn=b", 15); }),
       Kind::invalid_entry, nqn_forbidden.c_str()},
      {"no address", changed([](auto& e) { e.traddr.clear(); }), Kind::invalid_entry,
       "traddr is empty"},
      {"bad fc address", changed([](auto& e) { e.trtype = 2, e.adrfam = 4, e.traddr = "nn-0x1"; }),
       Kind::invalid_entry, "traddr `nn-0x1` is not a valid fc address"},
      {"service name", changed([](auto& e) { e.trsvcid = "nvme"; }), Kind::invalid_entry,
       "trsvcid `nvme` is not a valid port number"},
      {"service id 0", changed([](auto& e) { e.trsvcid = "0"; }), Kind::invalid_entry,
       "trsvcid `0` is not a valid port number"},
      {"service id too large", changed([](auto& e) { e.trsvcid = "65536"; }), Kind::invalid_entry,
       "trsvcid `65536` is not a valid port number"},
      {"link-local of another interface",
       changed([](auto& e) { e.adrfam = 2, e.traddr = "fe80::1%eth9"; }), Kind::invalid_entry,
       "traddr `fe80::1%eth9` is not on interface `ens1f0`"},
      {"link-local rdma without scope",
       changed([](auto& e) { e.trtype = 1, e.adrfam = 2, e.traddr = "fe80::1"; }),
       Kind::invalid_entry, "traddr `fe80::1` is link-local and no interface is known"},
      {"pcie", changed([](auto& e) { e.trtype = 0; }), Kind::not_a_fabric, "trtype 0"},
      {"unknown transport and subtype",
       changed([](auto& e) { e.trtype = 9, e.subtype = EntrySubtype::unknown; }),
       Kind::not_a_fabric, "trtype 9"},
      {"unknown subtype", changed([](auto& e) { e.subtype = EntrySubtype::unknown; }),
       Kind::unknown_subtype, ""},
      {"itself", changed([](auto& e) {
         e.subtype = EntrySubtype::current_discovery;
         e.subnqn = base::well_known_discovery_nqn;
       }),
       Kind::self_entry, ""},
      {"itself at another address",
       changed([](auto& e) { e.subtype = EntrySubtype::current_discovery, e.traddr = "10.9.9.9"; }),
       Kind::self_entry, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const reading = event::from_entry(row.entry, tcp_parent());
    const auto* problem = std::get_if<EntryProblem>(&reading);
    REQUIRE(problem);
    CHECK(problem->kind == row.kind);
    CHECK(problem->detail == row.detail);
  }
}

TEST_CASE("the readable part of a bad entry is kept") {
  auto const reading = event::from_entry(
      changed([](auto& e) { e.subtype = EntrySubtype::current_discovery; }), tcp_parent());
  const auto& problem = std::get<EntryProblem>(reading);
  CHECK(problem.endpoint->transport == base::Transport::tcp);
  CHECK(problem.endpoint->traddr == base::Traddr::parse_any("10.20.1.21"));
  CHECK(problem.endpoint->trsvcid == 4420);
  CHECK(problem.nqn == vol);
  CHECK(problem.subject == base::Subject::discovery_controller);

  auto const hostile =
      event::from_entry(changed([](auto& e) { e.subnqn = "nqn.x:a,b"; }), tcp_parent());
  CHECK(std::get<EntryProblem>(hostile).nqn.empty());
}

TEST_CASE("without interface a link-local tcp entry is invalid, with its scope it has one") {
  event::Event parent = tcp_parent();
  parent.endpoint.host_iface.clear();
  LogEntry entry = tcp_entry();
  entry.adrfam = 2;
  entry.traddr = "fe80::1";
  CHECK(std::get<EntryProblem>(event::from_entry(entry, parent)).detail ==
        "traddr `fe80::1` is link-local and no interface is known");
  entry.traddr = "fe80::1%eth0";
  auto const reading = event::from_entry(entry, parent);
  CHECK(std::get<EntryEvent>(reading).event.endpoint.host_iface == "eth0");
}

TEST_CASE("own_nqn: of the entry about the connection itself") {
  auto const self = [](const std::string& nqn, const std::string& address, const char* service) {
    return changed([&](LogEntry& entry) {
      entry.subtype = EntrySubtype::current_discovery;
      entry.subnqn = nqn;
      entry.traddr = address;
      entry.trsvcid = service;
    });
  };
  const std::string own = "nqn.2014-08.com.example:dc";
  struct Row {
    const char* name;
    std::vector<LogEntry> entries;
    std::string expected;
  };
  const Row rows[] = {
      {"none", {tcp_entry()}, ""},
      {"own", {tcp_entry(), self(own, "10.20.1.10", "8009")}, own},
      {"another port of it", {self(own, "10.20.1.11", "8009")}, ""},
      {"another service", {self(own, "10.20.1.10", "8010")}, ""},
      {"the second",
       {self("nqn.2014-08.com.example:other", "10.20.1.11", "8009"),
        self(own, "10.20.1.10", "8009")},
       own},
      {"the well-known one",
       {self(std::string(base::well_known_discovery_nqn), "10.20.1.10", "8009")},
       ""},
      {"unusable", {self("nqn with blanks", "10.20.1.10", "8009")}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    event::DiscoveryLog log;
    log.entries = row.entries;
    CHECK(event::own_nqn(log, tcp_parent()) == row.expected);
  }
}
