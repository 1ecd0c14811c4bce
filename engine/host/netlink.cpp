#include "host/netlink.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace nvmf::host {

base::Result<RouteSocket> open_route_socket() {
  RouteSocket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return base::errno_failure("rtnetlink", errno);
  return socket;
}

namespace {

int take_attribute(const nlattr* attribute, void* data) {
  static_cast<std::vector<const nlattr*>*>(data)->push_back(attribute);
  return MNL_CB_OK;
}

} // namespace

std::vector<const nlattr*> attributes_of(const nlmsghdr* header, unsigned size) {
  std::vector<const nlattr*> attributes;
  mnl_attr_parse(header, size, take_attribute, &attributes);
  return attributes;
}

std::vector<const nlattr*> nested_in(const nlattr* attribute) {
  std::vector<const nlattr*> attributes;
  mnl_attr_parse_nested(attribute, take_attribute, &attributes);
  return attributes;
}

std::optional<base::IpAddress> address_in(const nlattr* attribute, unsigned char family) {
  base::IpAddress address{.family = family == AF_INET ? base::IpFamily::v4 : base::IpFamily::v6};
  if (mnl_attr_get_payload_len(attribute) != address.width() / 8)
    return std::nullopt;
  std::memcpy(address.bytes.data(), mnl_attr_get_payload(attribute), address.width() / 8);
  return address;
}

} // namespace nvmf::host
