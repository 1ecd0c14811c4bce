// The common parts of the questions to rtnetlink: the socket and the reading of attributes.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"

#include <libmnl/libmnl.h>
#include <memory>
#include <optional>
#include <vector>

namespace nvmf::host {

struct RouteSocketCloser {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using RouteSocket = std::unique_ptr<mnl_socket, RouteSocketCloser>;

base::Result<RouteSocket> open_route_socket();

// All attributes of a message behind its fixed part of `size` bytes.
std::vector<const nlattr*> attributes_of(const nlmsghdr* header, unsigned size);

// The attributes that another one holds.
std::vector<const nlattr*> nested_in(const nlattr* attribute);

// The address that an attribute holds; nothing where its length is not the family's.
std::optional<base::IpAddress> address_in(const nlattr* attribute, unsigned char family);

} // namespace nvmf::host
