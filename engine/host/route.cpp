#include "host/route.hpp"

#include "host/netlink.hpp"

#include <cerrno>
#include <cstring>
#include <linux/rtnetlink.h>
#include <net/if.h>

namespace nvmf::host {

namespace {

void put_address(nlmsghdr* header, std::uint16_t attribute, const base::IpAddress& address) {
  mnl_attr_put(header, attribute, address.width() / 8, address.bytes.data());
}

int take_route(const nlmsghdr* header, void* data) {
  auto& route = *static_cast<Route*>(data);
  const auto* const message = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(header));
  for (const nlattr* attribute : attributes_of(header, sizeof *message)) {
    if (mnl_attr_get_type(attribute) == RTA_PREFSRC)
      route.source = address_in(attribute, message->rtm_family);
    if (mnl_attr_get_type(attribute) != RTA_OIF)
      continue;
    char name[IF_NAMESIZE] = {};
    if (if_indextoname(mnl_attr_get_u32(attribute), name) != nullptr)
      route.interface = name;
  }
  return MNL_CB_OK;
}

} // namespace

base::Result<Route> route_to(const base::IpAddress& target,
                             const std::optional<base::IpAddress>& source,
                             const std::string& interface) {
  auto const socket = open_route_socket();
  if (!socket)
    return tl::unexpected(socket.error());
  constexpr std::uint32_t sequence = 1;
  alignas(nlmsghdr) char buffer[8192];
  nlmsghdr* const header = mnl_nlmsg_put_header(buffer);
  header->nlmsg_type = RTM_GETROUTE;
  header->nlmsg_flags = NLM_F_REQUEST;
  header->nlmsg_seq = sequence;
  auto* const message = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(rtmsg)));
  message->rtm_family = target.family == base::IpFamily::v4 ? AF_INET : AF_INET6;
  message->rtm_dst_len = static_cast<unsigned char>(target.width());
  put_address(header, RTA_DST, target);
  if (source && source->family == target.family) {
    message->rtm_src_len = static_cast<unsigned char>(source->width());
    put_address(header, RTA_SRC, *source);
  }
  const std::string& by = interface.empty() ? target.scope : interface;
  if (const unsigned index = by.empty() ? 0 : if_nametoindex(by.c_str()); index != 0)
    mnl_attr_put_u32(header, RTA_OIF, index);
  if (mnl_socket_sendto(socket->get(), header, header->nlmsg_len) < 0)
    return base::errno_failure("rtnetlink", errno);
  ssize_t const length = mnl_socket_recvfrom(socket->get(), buffer, sizeof buffer);
  if (length < 0)
    return base::errno_failure("rtnetlink", errno);
  Route route;
  if (mnl_cb_run(buffer, static_cast<std::size_t>(length), sequence,
                 mnl_socket_get_portid(socket->get()), take_route, &route) < 0)
    return base::errno_failure(target.to_string(), errno);
  return route;
}

std::optional<plan::RoutedSide> routed_side(const plan::Tid& tid) {
  if (!tid.endpoint || !tid.endpoint->traddr || !tid.endpoint->traddr->ip())
    return std::nullopt;
  const base::Endpoint& endpoint = *tid.endpoint;
  const base::IpAddress* const own = endpoint.host_traddr ? endpoint.host_traddr->ip() : nullptr;
  auto const route = route_to(*endpoint.traddr->ip(), own ? std::optional(*own) : std::nullopt,
                 endpoint.host_iface);
  if (!route)
    return std::nullopt;
  plan::RoutedSide side{.host_iface = route->interface};
  if (route->source)
    side.host_traddr = base::Traddr(*route->source);
  return side;
}

} // namespace nvmf::host
