#include "plan/host_side.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

const decide::Interface* interface_with(const std::vector<decide::Interface>& interfaces,
                                        const base::IpAddress& address) {
  auto const found =
      std::find_if(interfaces.begin(), interfaces.end(), [&](const decide::Interface& candidate) {
        return std::any_of(candidate.addresses.begin(), candidate.addresses.end(),
                           [&](const auto& own) { return own.address.same_as(address); });
      });
  return found == interfaces.end() ? nullptr : &*found;
}

namespace {

using base::Transport;
using decide::Facts;
using decide::Reason;

bool is_ip(Transport transport) {
  return transport == Transport::tcp || transport == Transport::rdma;
}

bool names_host_side(const event::Event& event) {
  return event.endpoint.host_traddr || !event.endpoint.host_iface.empty();
}

// Link-local IPv6 over tcp needs its interface on both ends of the option string; the kernel takes
// `fe80::1%eth0` with host_iface=eth0 (KERNEL: nvme-tcp resolves the scope from traddr).
void complete_link_local(base::Endpoint& endpoint) {
  auto& traddr = endpoint.traddr;
  if (endpoint.transport != Transport::tcp || !traddr || !traddr->ip() ||
      !traddr->ip()->is_link_local())
    return;
  base::IpAddress address = *traddr->ip();
  if (endpoint.host_iface.empty())
    endpoint.host_iface = address.scope;
  if (address.scope.empty() && !endpoint.host_iface.empty()) {
    address.scope = endpoint.host_iface;
    traddr = base::Traddr(address);
  }
}

// From wherever: without the host side that the event brings.
HostSideChoice from_anywhere(const event::Event& event) {
  HostSideChoice choice{.endpoint = event.endpoint};
  choice.endpoint.host_traddr.reset();
  choice.endpoint.host_iface.clear();
  return choice;
}

HostSideChoice from_address(const event::Event& event, std::optional<base::Traddr> host_traddr) {
  HostSideChoice choice = from_anywhere(event);
  choice.endpoint.host_traddr = std::move(host_traddr);
  return choice;
}

HostSideChoice missing(HostSideChoice choice, std::string detail) {
  choice.reason = Reason::source_missing;
  choice.detail = std::move(detail);
  return choice;
}

const decide::Interface* interface_named(const std::vector<decide::Interface>& interfaces,
                                         const std::string& name) {
  auto const found = std::find_if(interfaces.begin(), interfaces.end(),
                                  [&](const auto& candidate) { return candidate.name == name; });
  return found == interfaces.end() ? nullptr : &*found;
}

// A host side as named: its address must be an address of this host, its interface must be there,
// and both must be up.
HostSideChoice checked_ip_side(const HostSideChoice& choice, const Facts& facts) {
  if (!facts.interfaces)
    return choice;
  if (!choice.endpoint.host_iface.empty()) {
    const decide::Interface* const interface =
        interface_named(*facts.interfaces, choice.endpoint.host_iface);
    if (!interface)
      return missing(choice, fmt::format("no interface {}", choice.endpoint.host_iface));
    if (!interface->up)
      return missing(choice, fmt::format("interface {} is down", choice.endpoint.host_iface));
  }
  if (choice.endpoint.host_traddr && choice.endpoint.host_traddr->ip()) {
    const decide::Interface* const interface =
        interface_with(*facts.interfaces, *choice.endpoint.host_traddr->ip());
    if (!interface)
      return missing(choice, fmt::format("{} is not an address of this host",
                                         choice.endpoint.host_traddr->to_string()));
    if (!interface->up)
      return missing(choice, fmt::format("interface {} with {} is down", interface->name,
                                         choice.endpoint.host_traddr->to_string()));
  }
  return choice;
}

HostSideChoice inherited_ip_side(const event::Event& event, const Facts& facts) {
  HostSideChoice choice{.endpoint = event.endpoint};
  complete_link_local(choice.endpoint);
  return checked_ip_side(choice, facts);
}

bool in_subnet(const decide::Interface& interface, const decide::InterfaceAddress& own,
               const base::IpAddress& target) {
  if (target.is_link_local() && !target.scope.empty() && target.scope != interface.name)
    return false;
  return base::Cidr{.address = own.address, .length = own.prefix_length}.contains(target);
}

// How the kernel ranks its own addresses of one subnet as a source; the lowest is preferred
// (net/ipv6/addrconf.c, ipv6_get_saddr_eval; for IPv4 the first of the subnet).
int rank(const decide::InterfaceAddress& own) {
  return (own.deprecated ? 4 : 0) + (own.temporary ? 2 : 0) + (own.secondary ? 1 : 0);
}

// The interface's address in the target's subnet that the kernel would prefer; null if it has none.
const decide::InterfaceAddress* source_in_subnet(const decide::Interface& interface,
                                                 const base::IpAddress& target) {
  const decide::InterfaceAddress* best = nullptr;
  for (const decide::InterfaceAddress& own : interface.addresses)
    if (in_subnet(interface, own, target) && (!best || rank(own) < rank(*best)))
      best = &own;
  return best;
}

std::vector<HostSideChoice> same_subnet(const event::Event& event, const Facts& facts) {
  bool const knows_host_iface =
      !facts.kernel_options || facts.kernel_options->certainly_has("host_iface");
  std::vector<HostSideChoice> choices;
  std::string only_down;
  for (const decide::Interface& interface : *facts.interfaces) {
    const decide::InterfaceAddress* const own =
        source_in_subnet(interface, *event.endpoint.traddr->ip());
    if (!own)
      continue;
    if (!interface.up) {
      only_down = interface.name;
      continue;
    }
    HostSideChoice choice = from_address(event, base::Traddr(own->address));
    if (event.endpoint.transport == Transport::tcp && knows_host_iface)
      choice.endpoint.host_iface = interface.name;
    complete_link_local(choice.endpoint);
    choices.push_back(std::move(choice));
  }
  if (!choices.empty())
    return choices;
  HostSideChoice none = from_anywhere(event);
  if (!only_down.empty())
    return {
        missing(none, fmt::format("no address of an interface that is up; {} is down", only_down))};
  none.reason = Reason::not_reachable_from_source;
  none.detail = fmt::format("no interface has an address in the subnet of {}",
                            event.endpoint.traddr->to_string());
  return {none};
}

// Which interfaces share the subnet is asked, and known.
bool asks_interfaces(const event::Event& event, policy::HostSide mode, const Facts& facts) {
  return mode == policy::HostSide::same_subnet && facts.interfaces && event.endpoint.traddr &&
         event.endpoint.traddr->ip();
}

// A remembered path keeps its host side while this host has it. Where its address is gone for good,
// its interface's present one takes its place.
std::vector<HostSideChoice> remembered_side(const event::Event& event, policy::HostSide mode,
                                            const Facts& facts) {
  HostSideChoice const was = inherited_ip_side(event, facts);
  if (!was.reason || !asks_interfaces(event, mode, facts))
    return {was};
  std::vector<HostSideChoice> now = same_subnet(event, facts);
  if (now.front().reason)
    return {was};
  std::erase_if(now, [&](const HostSideChoice& choice) {
    return !event.endpoint.host_iface.empty() &&
           choice.endpoint.host_iface != event.endpoint.host_iface;
  });
  return now.empty() ? std::vector{was} : now;
}

std::vector<HostSideChoice> resolve_ip(const event::Event& event, policy::HostSide mode,
                                       const Facts& facts) {
  if (event.kind == base::EventKind::controller_lost)
    return remembered_side(event, mode, facts);
  bool const from_target = event.kind == base::EventKind::boot && names_host_side(event);
  if (mode == policy::HostSide::inherit || from_target)
    return {inherited_ip_side(event, facts)};
  if (asks_interfaces(event, mode, facts))
    return same_subnet(event, facts);
  HostSideChoice choice = from_anywhere(event);
  complete_link_local(choice.endpoint);
  return {choice};
}

HostSideChoice unseen(const event::Event& event) {
  HostSideChoice choice = from_address(event, event.endpoint.host_traddr);
  choice.reason = Reason::not_reachable_from_source;
  choice.detail = event.endpoint.host_traddr
                      ? fmt::format("host port {} does not see the target port",
                                    event.endpoint.host_traddr->to_string())
                      : std::string("no host port sees the target port");
  return choice;
}

HostSideChoice through(const decide::FcPort& port, const event::Event& event) {
  event::Event pinned = event;
  pinned.endpoint.host_traddr = base::Traddr(port.host);
  if (!may_see(port, *event.endpoint.traddr->fc()))
    return unseen(pinned);
  return from_address(event, base::Traddr(port.host));
}

std::vector<HostSideChoice> resolve_fc(const event::Event& event, bool own_port_only,
                                       const Facts& facts) {
  HostSideChoice const own = from_address(event, event.endpoint.host_traddr);
  const base::FcAddress* const target =
      event.endpoint.traddr ? event.endpoint.traddr->fc() : nullptr;
  if (!target)
    return {event.endpoint.host_traddr ? own : unseen(event)};
  // Unknown ports refuse nothing: which one sees it is left open.
  if (!facts.fc_ports)
    return {own};
  const base::FcAddress* const own_port =
      event.endpoint.host_traddr ? event.endpoint.host_traddr->fc() : nullptr;
  std::vector<HostSideChoice> choices;
  for (const decide::FcPort& port : *facts.fc_ports)
    if (!own_port_only || !own_port || *own_port == port.host)
      choices.push_back(through(port, event));
  if (!choices.empty())
    return choices;
  // A host port that no class of sysfs lists (fcloop): the kernel is asked.
  return {own_port ? own : unseen(event)};
}

} // namespace

policy::HostSide host_side_for(const event::Event& event, const policy::Target* target,
                               const policy::Rule& rule) {
  if (event.in_table == event::InTable::path)
    return policy::HostSide::inherit;
  if (!target)
    return rule.host_side;
  auto const is_pinned = [&](const policy::TargetEndpoint& endpoint) {
    return endpoint.names_host_side() && endpoint.host_iface == event.endpoint.host_iface &&
           endpoint.host_traddr == event.endpoint.host_traddr;
  };
  if (std::any_of(target->endpoints.begin(), target->endpoints.end(), is_pinned))
    return policy::HostSide::inherit;
  return target->host_side.value_or(rule.host_side);
}

std::vector<HostSideChoice> resolve_host_side(const event::Event& event, policy::HostSide mode,
                                              const Facts& facts) {
  if (is_ip(event.endpoint.transport))
    return resolve_ip(event, mode, facts);
  if (event.endpoint.transport != Transport::fc)
    return {from_anywhere(event)};
  bool const keeps_its_port =
      event.kind == base::EventKind::boot || event.kind == base::EventKind::controller_lost;
  return resolve_fc(event, keeps_its_port || mode == policy::HostSide::inherit, facts);
}

std::vector<HostSideChoice> resolve_discovery_host_side(const event::Event& event,
                                                        policy::HostSide mode, const Facts& facts) {
  if (is_ip(event.endpoint.transport)) {
    if (names_host_side(event))
      return remembered_side(event, mode, facts);
    return resolve_ip(event, mode, facts);
  }
  if (event.endpoint.transport != Transport::fc)
    return {from_anywhere(event)};
  std::vector<HostSideChoice> choices = resolve_fc(event, true, facts);
  std::stable_partition(choices.begin(), choices.end(),
                        [](const HostSideChoice& choice) { return !choice.reason; });
  return choices;
}

bool may_see(const decide::FcPort& port, const base::FcAddress& target) {
  return !port.remotes ||
         std::find(port.remotes->begin(), port.remotes->end(), target) != port.remotes->end();
}

std::optional<std::vector<decide::FcPort>> fc_ports_as_shown(const Facts& facts,
                                                             const event::Event& event) {
  if (!facts.fc_ports)
    return std::nullopt;
  std::vector<decide::FcPort> ports = *facts.fc_ports;
  auto const show = [&](const std::optional<base::Traddr>& host,
                        const std::optional<base::Traddr>& remote) {
    if (!host || !host->fc() || !remote || !remote->fc())
      return;
    auto const port = std::find_if(ports.begin(), ports.end(),
                                   [&](const auto& each) { return each.host == *host->fc(); });
    if (port == ports.end())
      ports.push_back({.host = *host->fc(), .remotes = std::nullopt});
    else if (!may_see(*port, *remote->fc()))
      port->remotes.reset();
  };
  if (event.endpoint.transport == Transport::fc &&
      event.subject == base::Subject::discovery_controller && event.kind != base::EventKind::boot)
    show(event.endpoint.host_traddr, event.endpoint.traddr);
  if (facts.controllers)
    for (const decide::Controller& controller : *facts.controllers)
      if (controller.endpoint.transport == Transport::fc && controller.counts_as_connected())
        show(controller.endpoint.host_traddr, controller.endpoint.traddr);
  return ports;
}

} // namespace nvmf::plan
