#include "decide/samples.hpp"
#include "plan/host_side.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace nvmf;
using policy::HostSide;

namespace {

decide::InterfaceAddress address(const char* text, unsigned length) {
  return {*base::IpAddress::parse(text), length};
}

decide::Facts two_subnets() {
  decide::Facts facts;
  facts.interfaces = {{.name = "ens1f0", .up = true, .addresses = {address("192.168.30.15", 24)}},
                      {.name = "ens1f1",
                       .up = true,
                       .addresses = {address("192.168.31.15", 24), address("192.168.31.16", 24)}},
                      {.name = "ens2f0", .up = false, .addresses = {address("192.168.32.15", 24)}},
                      {.name = "eth0", .up = true, .addresses = {address("fe80::15", 64)}}};
  return facts;
}

event::Event entry(const char* traddr, const char* host_traddr = nullptr,
                   const char* host_iface = "") {
  event::Event event = tests::discovered_tcp(traddr, "nqn.a:b");
  if (host_traddr)
    event.endpoint.host_traddr = base::Traddr::parse(base::Transport::tcp, host_traddr);
  event.endpoint.host_iface = host_iface;
  return event;
}

// "host-traddr@host-iface, …" or "reason: detail".
std::string shown(const std::vector<plan::HostSideChoice>& choices) {
  std::string text;
  for (const plan::HostSideChoice& choice : choices) {
    if (!text.empty())
      text += ", ";
    if (choice.reason)
      text += fmt::format("{}: {}", to_string(*choice.reason), choice.detail);
    else
      text += fmt::format(
          "{}@{}", choice.endpoint.host_traddr ? choice.endpoint.host_traddr->to_string() : "-",
          choice.endpoint.host_iface.empty() ? "-" : choice.endpoint.host_iface);
  }
  return text;
}

} // namespace

TEST_CASE("host sides of tcp paths") {
  struct {
    const char* name;
    event::Event event;
    HostSide mode;
    const char* expected;
  } const rows[] = {
      {"inherit nothing", entry("192.168.30.48"), HostSide::inherit, "-@-"},
      {"inherit both", entry("192.168.30.48", "192.168.30.15", "ens1f0"), HostSide::inherit,
       "192.168.30.15@ens1f0"},
      {"an inherited address that is not ours", entry("192.168.30.48", "192.168.30.99"),
       HostSide::inherit, "source-missing: 192.168.30.99 is not an address of this host"},
      {"an inherited address that is down", entry("192.168.32.48", "192.168.32.15"),
       HostSide::inherit, "source-missing: interface ens2f0 with 192.168.32.15 is down"},
      {"an inherited interface that is gone", entry("192.168.30.48", nullptr, "ens9"),
       HostSide::inherit, "source-missing: no interface ens9"},
      {"an inherited interface that is down", entry("192.168.30.48", nullptr, "ens2f0"),
       HostSide::inherit, "source-missing: interface ens2f0 is down"},
      {"same subnet, whatever was inherited", entry("192.168.30.48", "192.168.31.15", "ens1f1"),
       HostSide::same_subnet, "192.168.30.15@ens1f0"},
      {"same subnet, of two addresses the first", entry("192.168.31.48"), HostSide::same_subnet,
       "192.168.31.15@ens1f1"},
      {"same subnet, only down", entry("192.168.32.48"), HostSide::same_subnet,
       "source-missing: no address of an interface that is up; ens2f0 is down"},
      {"same subnet, none", entry("192.168.33.48"), HostSide::same_subnet,
       "not-reachable-from-source: no interface has an address in the subnet of 192.168.33.48"},
      {"same subnet, link-local of the right interface", entry("fe80::9%eth0"),
       HostSide::same_subnet, "fe80::15@eth0"},
      {"same subnet, link-local of another interface", entry("fe80::9%ens1f0"),
       HostSide::same_subnet,
       "not-reachable-from-source: no interface has an address in the subnet of fe80::9%ens1f0"},
      {"any", entry("192.168.30.48", "192.168.31.15", "ens1f1"), HostSide::any, "-@-"},
      {"any, link-local keeps its interface", entry("fe80::9%eth0"), HostSide::any, "-@eth0"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(shown(plan::resolve_host_side(row.event, row.mode, two_subnets())) == row.expected);
  }
}

TEST_CASE("unknown facts refuse nothing") {
  decide::Facts const nothing;
  CHECK(shown(plan::resolve_host_side(entry("192.168.30.48", "1.2.3.4", "x0"), HostSide::inherit,
                                      nothing)) == "1.2.3.4@x0");
  CHECK(shown(plan::resolve_host_side(entry("192.168.30.48", "1.2.3.4", "x0"),
                                      HostSide::same_subnet, nothing)) == "-@-");
}

TEST_CASE("a kernel without host_iface gets the address alone where the subnet chose it") {
  decide::Facts facts = two_subnets();
  facts.kernel_options = {"host_traddr"};
  CHECK(shown(plan::resolve_host_side(entry("192.168.30.48"), HostSide::same_subnet, facts)) ==
        "192.168.30.15@-");
  CHECK(shown(plan::resolve_host_side(entry("192.168.30.48", nullptr, "ens1f0"), HostSide::inherit,
                                      facts)) == "-@ens1f0");
}

TEST_CASE("targets keep the host side they name") {
  event::Event target = entry("192.168.30.48", "192.168.31.15");
  target.kind = base::EventKind::boot;
  CHECK(shown(plan::resolve_host_side(target, HostSide::same_subnet, two_subnets())) ==
        "192.168.31.15@-");
  target.endpoint.host_traddr.reset();
  CHECK(shown(plan::resolve_host_side(target, HostSide::same_subnet, two_subnets())) ==
        "192.168.30.15@ens1f0");
}

TEST_CASE("rdma has no host-iface") {
  event::Event event = entry("192.168.30.48");
  event.endpoint.transport = base::Transport::rdma;
  CHECK(shown(plan::resolve_host_side(event, HostSide::same_subnet, two_subnets())) ==
        "192.168.30.15@-");
}

TEST_CASE("fc: the discovery controller's host port, or every one that sees the target port") {
  auto const fc = [](const char* text) { return *base::FcAddress::parse(text); };
  base::FcAddress const host_a = fc("nn-0x2000000000000001:pn-0x2100000000000001");
  base::FcAddress const host_b = fc("nn-0x2000000000000002:pn-0x2100000000000002");
  base::FcAddress const near_a = fc("nn-0x3000000000000001:pn-0x3100000000000001");
  base::FcAddress const near_both = fc("nn-0x3000000000000001:pn-0x3100000000000003");
  decide::Facts facts;
  facts.fc_ports = {{.host = host_a, .remotes = std::vector{near_a, near_both}},
                    {.host = host_b, .remotes = std::vector{near_both}}};
  auto const from = [&](base::FcAddress target, std::optional<base::FcAddress> host) {
    event::Event event{
        .kind = base::EventKind::discovered,
        .subject = base::Subject::io_subsystem,
        .endpoint = {.transport = base::Transport::fc, .traddr = base::Traddr(target)},
        .subsystem_nqn = "nqn.a:b"};
    if (host)
      event.endpoint.host_traddr = base::Traddr(*host);
    return event;
  };
  std::string const a = host_a.to_string() + "@-";
  std::string const b = host_b.to_string() + "@-";
  CHECK(shown(plan::resolve_host_side(from(near_a, host_a), HostSide::inherit, facts)) == a);
  CHECK(shown(plan::resolve_host_side(from(near_a, host_b), HostSide::inherit, facts)) ==
        "not-reachable-from-source: host port " + host_b.to_string() +
            " does not see the target port");
  CHECK(shown(plan::resolve_host_side(from(near_both, host_a), HostSide::inherit, facts)) == a);
  for (HostSide mode : {HostSide::same_subnet, HostSide::any})
    CHECK(shown(plan::resolve_host_side(from(near_both, host_a), mode, facts)) == a + ", " + b);
  std::string const b_unseen = "not-reachable-from-source: host port " + host_b.to_string() +
                               " does not see the target port";
  CHECK(shown(plan::resolve_host_side(from(near_a, std::nullopt), HostSide::inherit, facts)) ==
        a + ", " + b_unseen);
  CHECK(shown(plan::resolve_host_side(from(near_a, host_b), HostSide::any, facts)) ==
        a + ", " + b_unseen);
  // A host port that is in no list: the kernel is asked.
  base::FcAddress const unlisted = fc("nn-0x2000000000000009:pn-0x2100000000000009");
  CHECK(shown(plan::resolve_host_side(from(near_a, unlisted), HostSide::inherit, facts)) ==
        unlisted.to_string() + "@-");
  CHECK(shown(plan::resolve_host_side(from(near_a, host_b), HostSide::inherit, {})) == b);
  // Unknown ports refuse nothing, none at all do.
  CHECK(shown(plan::resolve_host_side(from(near_a, std::nullopt), HostSide::any, {})) == "-@-");
  CHECK(shown(plan::resolve_host_side(from(near_a, std::nullopt), HostSide::any,
                                      {.fc_ports = std::vector<decide::FcPort>()})) ==
        "not-reachable-from-source: no host port sees the target port");
  event::Event lost = from(near_both, host_a);
  lost.kind = base::EventKind::controller_lost;
  for (HostSide mode : {HostSide::inherit, HostSide::same_subnet, HostSide::any})
    CHECK(shown(plan::resolve_host_side(lost, mode, facts)) == a);
}

TEST_CASE("same subnet: one address an interface, the one that the kernel prefers") {
  struct Row {
    const char* name;
    std::vector<decide::InterfaceAddress> addresses;
    const char* expected;
  };
  auto const flagged = [](const char* text, bool decide::InterfaceAddress::*flag) {
    decide::InterfaceAddress own = address(text, 64);
    own.*flag = true;
    return own;
  };
  using Own = decide::InterfaceAddress;
  const Row rows[] = {
      {"SLAAC beside its temporary address",
       {flagged("fd20::7", &Own::temporary), address("fd20::2", 64)},
       "fd20::2@eth0"},
      {"a deprecated one is the last choice",
       {flagged("fd20::1", &Own::deprecated), flagged("fd20::7", &Own::temporary)},
       "fd20::7@eth0"},
      {"a secondary one behind the first",
       {flagged("fd20::9", &Own::secondary), address("fd20::2", 64)},
       "fd20::2@eth0"},
      {"two equals: the kernel's order",
       {address("fd20::3", 64), address("fd20::2", 64)},
       "fd20::3@eth0"},
      {"nothing but deprecated", {flagged("fd20::1", &Own::deprecated)}, "fd20::1@eth0"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    decide::Facts facts;
    facts.interfaces = {{.name = "eth0", .up = true, .addresses = row.addresses}};
    CHECK(shown(plan::resolve_host_side(entry("fd20::99"), HostSide::same_subnet, facts)) ==
          row.expected);
  }
}

TEST_CASE("a lost path whose source address is gone takes the present one of its interface") {
  event::Event lost = entry("192.168.30.48", "192.168.30.99", "ens1f0");
  lost.kind = base::EventKind::controller_lost;
  decide::Facts facts = two_subnets();
  CHECK(shown(plan::resolve_host_side(lost, HostSide::same_subnet, facts)) ==
        "192.168.30.15@ens1f0");
  CHECK(shown(plan::resolve_host_side(lost, HostSide::inherit, facts)) ==
        "source-missing: 192.168.30.99 is not an address of this host");
  // Its interface has none now: it waits for it.
  facts.interfaces->front().addresses.clear();
  CHECK(shown(plan::resolve_host_side(lost, HostSide::same_subnet, facts)) ==
        "source-missing: 192.168.30.99 is not an address of this host");
  lost.endpoint.host_traddr = base::Traddr::parse(base::Transport::tcp, "192.168.31.16");
  lost.endpoint.traddr = base::Traddr::parse(base::Transport::tcp, "192.168.31.48");
  lost.endpoint.host_iface = "ens1f1";
  CHECK(shown(plan::resolve_host_side(lost, HostSide::same_subnet, facts)) ==
        "192.168.31.16@ens1f1");
}

TEST_CASE("a discovery controller keeps the host side it has while this host has it") {
  struct {
    const char* name;
    event::Event event;
    HostSide mode;
    const char* expected;
  } const rows[] = {
      {"as it was", entry("192.168.31.9", "192.168.31.16", "ens1f1"), HostSide::same_subnet,
       "192.168.31.16@ens1f1"},
      {"its address is gone", entry("192.168.31.9", "192.168.31.99", "ens1f1"),
       HostSide::same_subnet, "192.168.31.15@ens1f1"},
      {"its address is gone, and it was named", entry("192.168.31.9", "192.168.31.99"),
       HostSide::inherit, "source-missing: 192.168.31.99 is not an address of this host"},
      {"none, and no interface in the subnet", entry("10.1.1.1"), HostSide::same_subnet,
       "not-reachable-from-source: no interface has an address in the subnet of 10.1.1.1"},
      {"none, and nothing asked", entry("10.1.1.1"), HostSide::inherit, "-@-"},
      {"the kernel's routing", entry("192.168.31.9"), HostSide::any, "-@-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    event::Event event = row.event;
    event.kind = base::EventKind::boot;
    event.subject = base::Subject::discovery_controller;
    CHECK(shown(plan::resolve_discovery_host_side(event, row.mode, two_subnets())) == row.expected);
  }
}

TEST_CASE("a kernel that cannot be asked gets no host_iface that nobody named") {
  decide::Facts facts = two_subnets();
  facts.kernel_options = {"host_traddr", "host_iface"};
  facts.kernel_options->doubtful = {"host_iface"};
  CHECK(shown(plan::resolve_host_side(entry("192.168.30.48"), HostSide::same_subnet, facts)) ==
        "192.168.30.15@-");
}

TEST_CASE("fc: ports that an event or a controller shows are believed") {
  auto const fc = [](const char* text) { return *base::FcAddress::parse(text); };
  base::FcAddress const host = fc("nn-0x2000000000000001:pn-0x2100000000000001");
  base::FcAddress const listed = fc("nn-0x3000000000000001:pn-0x3100000000000001");
  base::FcAddress const shown_one = fc("nn-0x3000000000000001:pn-0x3100000000000002");
  decide::Facts facts;
  facts.fc_ports = {{.host = host, .remotes = std::vector{listed}}};
  event::Event event{.kind = base::EventKind::fc_discovery,
                     .subject = base::Subject::discovery_controller,
                     .endpoint = {.transport = base::Transport::fc,
                                  .traddr = base::Traddr(listed),
                                  .host_traddr = base::Traddr(host)}};
  CHECK(plan::fc_ports_as_shown(facts, event) == facts.fc_ports);
  event.endpoint.traddr = base::Traddr(shown_one);
  CHECK_FALSE(plan::fc_ports_as_shown(facts, event).value().front().remotes);
  // A target says what is wished, not what is there.
  event.kind = base::EventKind::boot;
  CHECK(plan::fc_ports_as_shown(facts, event) == facts.fc_ports);
  decide::Controller live{.device = "nvme4", .state = "live"};
  live.endpoint = {.transport = base::Transport::fc,
                   .traddr = base::Traddr(shown_one),
                   .host_traddr = base::Traddr(host)};
  facts.controllers = {live};
  CHECK_FALSE(plan::fc_ports_as_shown(facts, event).value().front().remotes);
  // A host port that no list has.
  facts.fc_ports->clear();
  CHECK(plan::fc_ports_as_shown(facts, event).value().size() == 1);
}
