#include "plan/firmware_network.hpp"

#include "base/host_name.hpp"
#include "base/interface_name.hpp"
#include "plan/firmware.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <sstream>

namespace nvmf::plan {

namespace {

using base::IpAddress;
using base::IpFamily;

// Routes of several interfaces stand beside each other by their metrics.
constexpr unsigned usual_metric = 100;
// How long ipconfig waits for a lease, in seconds.
constexpr unsigned lease_patience = 30;

bool is_plain(const std::string& name) {
  return base::is_interface_name(name) && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

std::string vlan_name(const std::string& link, std::uint16_t vlan) {
  std::string name = fmt::format("{}.{}", link, vlan);
  return name.size() <= base::interface_name_max_length ? name : fmt::format("vlan{}", vlan);
}

bool is_v6(const std::optional<IpAddress>& address) {
  return address && address->family == IpFamily::v6;
}

bool has_vlan(const BootInterface& interface) { return interface.hfi.vlan != 0; }

// `[2001:db8::77]`; nothing for none.
std::string in_brackets(const std::optional<IpAddress>& address) {
  if (!address)
    return {};
  return is_v6(address) ? fmt::format("[{}]", address->to_string()) : address->to_string();
}

std::string ip_word(const BootInterface& interface) {
  const firmware::Hfi& hfi = interface.hfi;
  if (hfi.from_dhcp || !hfi.address)
    return fmt::format("ip={}:{}\n", interface.name, is_v6(hfi.address) ? "dhcp6" : "dhcp");
  std::string const host = base::is_host_name(hfi.host_name) ? hfi.host_name : std::string();
  std::string word = fmt::format("ip={}::{}:{}:{}:{}:none", in_brackets(hfi.address),
                                 in_brackets(hfi.gateway), hfi.prefix_length, host, interface.name);
  for (const auto& server : {hfi.primary_dns, hfi.secondary_dns})
    if (server)
      word += ":" + in_brackets(server);
  return word + "\n";
}

std::string link_commands(const BootInterface& interface) {
  std::string text = fmt::format("ip link set dev {} up\n", interface.link);
  if (has_vlan(interface))
    text += fmt::format("ip link add link {} name {} type vlan id {}\nip link set dev {} up\n",
                        interface.link, interface.name, interface.hfi.vlan, interface.name);
  return text;
}

std::string address_commands(const BootInterface& interface) {
  const firmware::Hfi& hfi = interface.hfi;
  std::string text;
  // nodad: it was this host's a moment ago, and a connect cannot use it before.
  text += fmt::format("ip address replace {}/{} dev {}{}\n", hfi.address->to_string(),
                      hfi.prefix_length, interface.name, is_v6(hfi.address) ? " nodad" : "");
  if (hfi.gateway)
    text += fmt::format("ip -{} route append default via {} dev {} metric {}\n",
                        is_v6(hfi.gateway) ? 6 : 4, hfi.gateway->to_string(), interface.name,
                        hfi.route_metric != 0 ? hfi.route_metric : usual_metric + hfi.index);
  for (const auto& server : {hfi.primary_dns, hfi.secondary_dns})
    if (server)
      text += fmt::format("echo nameserver {} >>/etc/resolv.conf\n", server->to_string());
  return text;
}

// An IPv6 address without a static one comes by router advertisement.
std::string commands_of(const BootInterface& interface) {
  const firmware::Hfi& hfi = interface.hfi;
  if (hfi.address && !hfi.from_dhcp)
    return link_commands(interface) + address_commands(interface);
  if (is_v6(hfi.address))
    return link_commands(interface);
  return link_commands(interface) +
         fmt::format("ipconfig -t {} -c dhcp -d {}\n", lease_patience, interface.name);
}

void add(const firmware::Hfi& hfi, const decide::Facts& facts, BootNetwork& network) {
  firmware::Hfi untagged = hfi;
  untagged.vlan = 0;
  const decide::Interface* const link = interface_of(untagged, facts);
  if (!link) {
    network.missing.push_back(
        fmt::format("no interface has the MAC address {}", firmware::to_string(hfi.mac)));
    return;
  }
  if (!is_plain(link->name)) {
    network.missing.push_back(
        fmt::format("the interface with the MAC address {} has a name that cannot be used here",
                    firmware::to_string(hfi.mac)));
    return;
  }
  BootInterface interface { .link = link->name, .name = link->name, .hfi = hfi };
  if (hfi.vlan != 0)
    interface.name = vlan_name(link->name, hfi.vlan);
  bool const known = std::any_of(
      network.interfaces.begin(), network.interfaces.end(), [&](const BootInterface& each) {
        return each.name == interface.name && each.hfi.address == hfi.address;
      });
  if (!known)
    network.interfaces.push_back(std::move(interface));
}

// The words `ifname=NAME:MAC` of the kernel's command line: MAC address to name.
std::map<firmware::MacAddress, std::string> names_of(std::string_view command_line) {
  constexpr std::string_view key = "ifname=";
  std::map<firmware::MacAddress, std::string> names;
  std::istringstream words{std::string(command_line)};
  for (std::string word; words >> word;) {
    std::size_t const colon = word.find(':');
    if (!word.starts_with(key) || colon == std::string::npos)
      continue;
    if (const auto mac = firmware::parse_mac(std::string_view(word).substr(colon + 1)))
      names.emplace(*mac, word.substr(key.size(), colon - key.size()));
  }
  return names;
}

std::string next_name(const std::vector<decide::Interface>& interfaces) {
  for (unsigned number = 0;; ++number) {
    std::string name = fmt::format("nbft{}", number);
    bool const taken =
        std::any_of(interfaces.begin(), interfaces.end(),
                    [&](const decide::Interface& each) { return each.name == name; });
    if (!taken)
      return name;
  }
}

} // namespace

BootNetwork boot_network(const decide::Facts& facts) {
  BootNetwork network;
  for (const firmware::Table& table : facts.nbft)
    for (const firmware::Hfi& hfi : table.hfis)
      if (uses_interface(table, hfi.index))
        add(hfi, facts, network);
  return network;
}

BootNetwork boot_network_to_be(const std::vector<firmware::Table>& tables,
                               std::string_view command_line) {
  decide::Facts facts;
  facts.nbft = tables;
  auto& interfaces = facts.interfaces.emplace();
  for (const auto& [mac, name] : names_of(command_line))
    interfaces.push_back({.name = name, .mac = mac});
  std::vector<std::string> names;
  for (const firmware::Table& table : tables)
    for (firmware::Hfi hfi : table.hfis) {
      hfi.vlan = 0;
      if (!uses_interface(table, hfi.index) || interface_of(hfi, facts))
        continue;
      std::string name = next_name(interfaces);
      names.push_back(fmt::format("ifname={}:{}", name, firmware::to_string(hfi.mac)));
      interfaces.push_back({.name = std::move(name), .mac = hfi.mac});
    }
  BootNetwork network = boot_network(facts);
  network.names = std::move(names);
  return network;
}

std::string kernel_words(const BootNetwork& network) {
  std::string text;
  for (const std::string& name : network.names)
    text += name + "\n";
  for (const BootInterface& interface : network.interfaces) {
    if (has_vlan(interface))
      text += fmt::format("vlan={}:{}\n", interface.name, interface.link);
    text += ip_word(interface);
  }
  return network.interfaces.empty() ? text : text + "rd.neednet=1\n";
}

std::string shell_commands(const BootNetwork& network) {
  std::string text;
  for (const BootInterface& interface : network.interfaces)
    text += commands_of(interface);
  return text;
}

} // namespace nvmf::plan
