// Sets of IP addresses: all that addresses, prefixes and ranges of a policy can say.
//
// IPv4 and IPv6 are apart. An IPv6 address may carry a scope (`fe80::1%eth0`), and a literal with a
// scope accepts that scope only, so that each scope is a space of its own; which scopes there are
// is known from the policies looked at (Scopes).
#pragma once

#include "analyze/interval_set.hpp"
#include "base/ip_address.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::analyze {

__extension__ typedef unsigned __int128 AddressNumber;

// One address of one space. Intervals never reach from one space into another.
struct IpPoint {
  std::uint32_t space = 0;
  AddressNumber value = 0;
  auto operator<=>(const IpPoint&) const = default;
};
inline IpPoint after(IpPoint point) { return {point.space, point.value + 1}; }
inline IpPoint before(IpPoint point) { return {point.space, point.value - 1}; }

using IpSet = IntervalSet<IpPoint>;

// The scopes that literals of the policies name. Spaces: 0 IPv4, 1 IPv6 without a scope, then one
// for each scope, and one for all other scopes.
class Scopes {
public:
  void add(std::string_view scope); // again or empty: nothing

  // Everything an address of this family can be. IPv4-mapped addresses are IPv4, so IPv6 lacks
  // them.
  IpSet all(base::IpFamily family) const;
  // The addresses that a literal matches: with a scope only that, without one any.
  IpSet of(const base::IpAddress& literal) const;
  IpSet of(const base::Cidr& prefix) const;
  IpSet of(const base::IpRange& range) const;

  base::IpAddress to_address(const IpPoint& point) const;

private:
  IpSet in_all_spaces(base::IpFamily family, AddressNumber first, AddressNumber last) const;
  std::vector<std::string> scopes_;
};

AddressNumber number_of(const base::IpAddress& address);

} // namespace nvmf::analyze
