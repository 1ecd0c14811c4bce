// Which way the kernel's routing would take to an address (RTM_GETROUTE).
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "plan/run.hpp"

#include <optional>
#include <string>

namespace nvmf::host {

struct Route {
  std::string interface;                 // on which packets leave
  std::optional<base::IpAddress> source; // the address that the kernel would choose

  bool operator==(const Route&) const = default;
};

// The route to `target`, from `source` and by `interface` where they are given. Fails with
// ENETUNREACH or EHOSTUNREACH where there is none; contacts nobody.
base::Result<Route> route_to(const base::IpAddress& target,
                             const std::optional<base::IpAddress>& source = std::nullopt,
                             const std::string& interface = {});

// The host side that routing chooses for a path that leaves it open; nothing where there is no
// route.
std::optional<plan::RoutedSide> routed_side(const plan::Tid& tid);

} // namespace nvmf::host
