#include "host/interfaces.hpp"

#include "host/netlink.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <map>
#include <net/if.h>
#include <sys/socket.h>

namespace nvmf::host {

namespace {

// The interfaces of a dump so far: index → interface, in the kernel's order.
struct Dump {
  std::vector<unsigned> order;
  std::map<unsigned, decide::Interface> interfaces;
};

// The id of a link that is a VLAN; 0: it is of another kind.
std::uint16_t vlan_of(const nlattr* link_info) {
  bool is_vlan = false;
  std::uint16_t id = 0;
  for (const nlattr* attribute : nested_in(link_info))
    if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
      is_vlan = std::string_view(mnl_attr_get_str(attribute)) == "vlan";
    else if (is_vlan && mnl_attr_get_type(attribute) == IFLA_INFO_DATA)
      for (const nlattr* of_vlan : nested_in(attribute))
        if (mnl_attr_get_type(of_vlan) == IFLA_VLAN_ID)
          id = mnl_attr_get_u16(of_vlan);
  return id;
}

std::optional<firmware::MacAddress> mac_in(const nlattr* attribute) {
  firmware::MacAddress mac{};
  if (mnl_attr_get_payload_len(attribute) != mac.size())
    return std::nullopt;
  std::memcpy(mac.data(), mnl_attr_get_payload(attribute), mac.size());
  return mac;
}

int take_link(const nlmsghdr* header, void* data) {
  auto& dump = *static_cast<Dump*>(data);
  const auto* const link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
  auto const index = static_cast<unsigned>(link->ifi_index);
  constexpr unsigned up_with_carrier = IFF_UP | 0x10000U; // IFF_LOWER_UP of linux/if.h
  decide::Interface interface { .up = (link->ifi_flags & up_with_carrier) == up_with_carrier };
  for (const nlattr* attribute : attributes_of(header, sizeof *link)) {
    if (mnl_attr_get_type(attribute) == IFLA_IFNAME)
      interface.name = mnl_attr_get_str(attribute);
    else if (mnl_attr_get_type(attribute) == IFLA_ADDRESS)
      interface.mac = mac_in(attribute);
    else if (mnl_attr_get_type(attribute) == IFLA_LINKINFO)
      interface.vlan = vlan_of(attribute);
  }
  if (!interface.name.empty() && dump.interfaces.emplace(index, std::move(interface)).second)
    dump.order.push_back(index);
  return MNL_CB_OK;
}

int take_address(const nlmsghdr* header, void* data) {
  auto& dump = *static_cast<Dump*>(data);
  const auto* const message = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
  auto const interface = dump.interfaces.find(message->ifa_index);
  if (interface == dump.interfaces.end() ||
      (message->ifa_family != AF_INET && message->ifa_family != AF_INET6))
    return MNL_CB_OK;
  std::optional<base::IpAddress> local;
  std::optional<base::IpAddress> peer_or_own;
  std::uint32_t flags = message->ifa_flags;
  for (const nlattr* attribute : attributes_of(header, sizeof *message)) {
    if (mnl_attr_get_type(attribute) == IFA_LOCAL)
      local = address_in(attribute, message->ifa_family);
    else if (mnl_attr_get_type(attribute) == IFA_ADDRESS)
      peer_or_own = address_in(attribute, message->ifa_family);
    else if (mnl_attr_get_type(attribute) == IFA_FLAGS)
      flags = mnl_attr_get_u32(attribute);
  }
  bool const usable = (flags & IFA_F_DADFAILED) == 0 &&
                      ((flags & IFA_F_TENTATIVE) == 0 || (flags & IFA_F_OPTIMISTIC) != 0);
  auto own = local ? local : peer_or_own;
  if (!usable || !own)
    return MNL_CB_OK;
  if (own->is_link_local())
    own->scope = interface->second.name;
  // One bit means both (linux/if_addr.h): a privacy address of IPv6, and an IPv4 address behind the
  // first of its subnet.
  bool const is_v4 = message->ifa_family == AF_INET;
  interface->second.addresses.push_back({.address = std::move(*own),
                                         .prefix_length = message->ifa_prefixlen,
                                         .secondary = is_v4 && (flags & IFA_F_SECONDARY) != 0,
                                         .temporary = !is_v4 && (flags & IFA_F_TEMPORARY) != 0,
                                         .deprecated = (flags & IFA_F_DEPRECATED) != 0});
  return MNL_CB_OK;
}

using Callback = int (*)(const nlmsghdr*, void*);

base::Result<void> run_dump(mnl_socket* socket, std::uint16_t type, Callback callback, Dump& dump) {
  alignas(nlmsghdr) char buffer[32768]; // what the kernel uses at most for one part of a dump
  nlmsghdr* const header = mnl_nlmsg_put_header(buffer);
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header->nlmsg_seq = type;
  auto* const family = static_cast<rtgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(rtgenmsg)));
  family->rtgen_family = AF_UNSPEC;
  if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0)
    return base::errno_failure("rtnetlink", errno);
  for (;;) {
    ssize_t const length = mnl_socket_recvfrom(socket, buffer, sizeof buffer);
    if (length < 0)
      return base::errno_failure("rtnetlink", errno);
    int const more = mnl_cb_run(buffer, static_cast<std::size_t>(length), header->nlmsg_seq,
                                mnl_socket_get_portid(socket), callback, &dump);
    if (more < 0)
      return base::errno_failure("rtnetlink", errno);
    if (more == MNL_CB_STOP)
      return {};
  }
}

base::Result<std::vector<decide::Interface>> read_interfaces_once() {
  auto const socket = open_route_socket();
  if (!socket)
    return tl::unexpected(socket.error());
  Dump dump;
  if (auto const done = run_dump(socket->get(), RTM_GETLINK, take_link, dump); !done)
    return tl::unexpected(done.error());
  if (auto const done = run_dump(socket->get(), RTM_GETADDR, take_address, dump); !done)
    return tl::unexpected(done.error());
  std::vector<decide::Interface> interfaces;
  for (unsigned const index : dump.order)
    interfaces.push_back(std::move(dump.interfaces[index]));
  return interfaces;
}

} // namespace

base::Result<std::vector<decide::Interface>> read_interfaces() {
  // A dump during which something changed is marked (NLM_F_DUMP_INTR), which libmnl makes EINTR.
  constexpr int most_tries = 10;
  auto interfaces = read_interfaces_once();
  for (int tries = 1; !interfaces && interfaces.error().code == EINTR && tries < most_tries;
       ++tries)
    interfaces = read_interfaces_once();
  return interfaces;
}

base::Result<NetworkWatch> NetworkWatch::open() {
  base::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups =
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return base::errno_failure("rtnetlink", errno);
  return NetworkWatch(std::move(socket));
}

bool NetworkWatch::drain() {
  bool changed = false;
  char buffer[16384];
  for (;;) {
    ssize_t const length = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (length > 0 || (length < 0 && errno == ENOBUFS))
      changed = true;
    else if (length == 0 || errno != EINTR)
      return changed;
  }
}

} // namespace nvmf::host
