// The network of the firmware's boot tables, for an initramfs.
#include "plan/firmware_network.hpp"

#include "firmware/sample_table.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using test::ip_of;

namespace {

constexpr firmware::MacAddress first_mac{0, 0x53, 0, 0, 0, 1};
constexpr firmware::MacAddress second_mac{0, 0x53, 0, 0, 0, 2};

firmware::Hfi static_hfi() {
  return {.index = 1, .mac = first_mac, .address = ip_of("192.0.2.77"), .prefix_length = 24};
}

// Each interface is used by a subsystem.
plan::BootNetwork network_of(std::vector<firmware::Hfi> hfis, const std::string& name = "ens1") {
  firmware::Table table;
  for (const firmware::Hfi& hfi : hfis)
    table.subsystems.push_back({.hfis = {hfi.index}, .nqn = "nqn.a:root"});
  table.hfis = std::move(hfis);
  decide::Facts facts;
  facts.nbft = {std::move(table)};
  facts.interfaces = {{.name = name, .mac = first_mac},
                      {.name = "enp129s0f0np0", .mac = second_mac}};
  return plan::boot_network(facts);
}

} // namespace

TEST_CASE("firmware network: words of the kernel's command line, and commands") {
  struct Row {
    const char* name;
    std::vector<firmware::Hfi> hfis;
    std::string words;
    std::string commands;
  };
  firmware::Hfi routed = static_hfi();
  routed.gateway = ip_of("192.0.2.1");
  routed.primary_dns = ip_of("192.0.2.53");
  routed.secondary_dns = ip_of("192.0.2.54");
  routed.host_name = "web-07";
  firmware::Hfi with_metric = routed;
  with_metric.route_metric = 7;
  with_metric.primary_dns.reset();
  with_metric.secondary_dns.reset();
  with_metric.host_name = "web;reboot";
  firmware::Hfi tagged = static_hfi();
  tagged.vlan = 21;
  firmware::Hfi long_name{.index = 2,
                          .mac = second_mac,
                          .vlan = 100,
                          .address = ip_of("198.51.100.7"),
                          .prefix_length = 25};
  firmware::Hfi const v6{.index = 1,
                         .mac = first_mac,
                         .address = ip_of("2001:db8::77"),
                         .prefix_length = 64,
                         .gateway = ip_of("2001:db8::1")};
  firmware::Hfi lease = static_hfi();
  lease.from_dhcp = true;
  firmware::Hfi lease6 = v6;
  lease6.from_dhcp = true;
  Row const rows[] = {
      {"no table", {}, "", ""},
      {"an address",
       {static_hfi()},
       "ip=192.0.2.77:::24::ens1:none\nrd.neednet=1\n",
       "ip link set dev ens1 up\nip address replace 192.0.2.77/24 dev ens1\n"},
      {"the same twice",
       {static_hfi(), static_hfi()},
       "ip=192.0.2.77:::24::ens1:none\nrd.neednet=1\n",
       "ip link set dev ens1 up\nip address replace 192.0.2.77/24 dev ens1\n"},
      {"gateway, names and name servers",
       {routed},
       "ip=192.0.2.77::192.0.2.1:24:web-07:ens1:none:192.0.2.53:192.0.2.54\nrd.neednet=1\n",
       "ip link set dev ens1 up\nip address replace 192.0.2.77/24 dev ens1\n"
       "ip -4 route append default via 192.0.2.1 dev ens1 metric 101\n"
       "echo nameserver 192.0.2.53 >>/etc/resolv.conf\n"
       "echo nameserver 192.0.2.54 >>/etc/resolv.conf\n"},
      {"a metric, and a name that is not one",
       {with_metric},
       "ip=192.0.2.77::192.0.2.1:24::ens1:none\nrd.neednet=1\n",
       "ip link set dev ens1 up\nip address replace 192.0.2.77/24 dev ens1\n"
       "ip -4 route append default via 192.0.2.1 dev ens1 metric 7\n"},
      {"a VLAN",
       {tagged},
       "vlan=ens1.21:ens1\nip=192.0.2.77:::24::ens1.21:none\nrd.neednet=1\n",
       "ip link set dev ens1 up\nip link add link ens1 name ens1.21 type vlan id 21\n"
       "ip link set dev ens1.21 up\nip address replace 192.0.2.77/24 dev ens1.21\n"},
      {"a VLAN whose name would be too long",
       {long_name},
       "vlan=vlan100:enp129s0f0np0\nip=198.51.100.7:::25::vlan100:none\nrd.neednet=1\n",
       "ip link set dev enp129s0f0np0 up\n"
       "ip link add link enp129s0f0np0 name vlan100 type vlan id 100\n"
       "ip link set dev vlan100 up\nip address replace 198.51.100.7/25 dev vlan100\n"},
      {"IPv6",
       {v6},
       "ip=[2001:db8::77]::[2001:db8::1]:64::ens1:none\nrd.neednet=1\n",
       "ip link set dev ens1 up\nip address replace 2001:db8::77/64 dev ens1 nodad\n"
       "ip -6 route append default via 2001:db8::1 dev ens1 metric 101\n"},
      {"DHCP",
       {lease},
       "ip=ens1:dhcp\nrd.neednet=1\n",
       "ip link set dev ens1 up\nipconfig -t 30 -c dhcp -d ens1\n"},
      {"DHCP of IPv6", {lease6}, "ip=ens1:dhcp6\nrd.neednet=1\n", "ip link set dev ens1 up\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const network = network_of(row.hfis);
    CHECK(plan::kernel_words(network) == row.words);
    CHECK(plan::shell_commands(network) == row.commands);
    CHECK(network.missing.empty());
  }
}

TEST_CASE("firmware network: interfaces that are missing, unused, or cannot be named") {
  firmware::Hfi other = static_hfi();
  other.mac = {0, 0x53, 0, 0, 0, 9};
  auto const missing = network_of({other});
  CHECK(missing.interfaces.empty());
  CHECK(missing.missing ==
        std::vector<std::string>{"no interface has the MAC address 00:53:00:00:00:09"});
  for (const char* name : {"a;reboot", "$(reboot)", "-a", "a b", "a'b"}) {
    CAPTURE(name);
    auto const hostile = network_of({static_hfi()}, name);
    CHECK(plan::shell_commands(hostile).empty());
    CHECK(plan::kernel_words(hostile).empty());
    CHECK(hostile.missing ==
          std::vector<std::string>{"the interface with the MAC address 00:53:00:00:00:01 has a "
                                   "name that cannot be used here"});
  }
  decide::Facts facts;
  facts.nbft = {{.hfis = {static_hfi()}}};
  facts.interfaces = {{.name = "ens1", .mac = first_mac}};
  CHECK(plan::boot_network(facts).interfaces.empty());
  CHECK(plan::boot_network(facts).missing.empty());
}

TEST_CASE("firmware network: names for interfaces that no driver has found yet") {
  firmware::Hfi const first = static_hfi();
  firmware::Hfi tagged = static_hfi();
  tagged.index = 2;
  tagged.vlan = 21;
  firmware::Hfi second = static_hfi();
  second.index = 3;
  second.mac = second_mac;
  second.from_dhcp = true;
  firmware::Hfi unused = static_hfi();
  unused.index = 4;
  unused.mac = {0, 0x53, 0, 0, 0, 4};
  std::vector<firmware::Table> const tables{
      {.hfis = {unused, first, tagged}, .subsystems = {{.hfis = {1, 2}, .nqn = "nqn.a:root"}}},
      {.hfis = {second}, .subsystems = {{.hfis = {3}, .nqn = "nqn.a:root"}}}};
  struct Row {
    const char* name;
    const char* command_line;
    const char* words;
  };
  Row const rows[] = {
      {"no names given", "root=/dev/nvme0n1 quiet\n",
       "ifname=nbft0:00:53:00:00:00:01\nifname=nbft1:00:53:00:00:00:02\n"
       "ip=192.0.2.77:::24::nbft0:none\nvlan=nbft0.21:nbft0\nip=192.0.2.77:::24::nbft0.21:none\n"
       "ip=nbft1:dhcp\nrd.neednet=1\n"},
      {"the first has a name already", "ifname=san0:00:53:00:00:00:01",
       "ifname=nbft0:00:53:00:00:00:02\n"
       "ip=192.0.2.77:::24::san0:none\nvlan=san0.21:san0\nip=192.0.2.77:::24::san0.21:none\n"
       "ip=nbft0:dhcp\nrd.neednet=1\n"},
      {"another has the name", "quiet ifname=nbft0:00:53:00:00:00:09 ifname= ifname=x ifname=y:z",
       "ifname=nbft1:00:53:00:00:00:01\nifname=nbft2:00:53:00:00:00:02\n"
       "ip=192.0.2.77:::24::nbft1:none\nvlan=nbft1.21:nbft1\nip=192.0.2.77:::24::nbft1.21:none\n"
       "ip=nbft2:dhcp\nrd.neednet=1\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const network = plan::boot_network_to_be(tables, row.command_line);
    CHECK(plan::kernel_words(network) == row.words);
    CHECK(network.missing.empty());
  }
  CHECK(plan::kernel_words(plan::boot_network_to_be({}, "")).empty());
}
