#include "analyze/ip_set.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

constexpr std::uint32_t v4_space = 0;
constexpr std::uint32_t unscoped_space = 1;
constexpr std::uint32_t first_scope_space = 2;

constexpr AddressNumber all_ones = ~AddressNumber{0};
constexpr AddressNumber v4_last = 0xffffffffU;
// ::ffff:0:0/96
constexpr AddressNumber mapped_first = AddressNumber{0xffff} << 32;
constexpr AddressNumber mapped_last = mapped_first | v4_last;

} // namespace

AddressNumber number_of(const base::IpAddress& address) {
  AddressNumber value = 0;
  for (unsigned i = 0; i < address.width() / 8; ++i)
    value = value << 8 | address.bytes[i];
  return value;
}

void Scopes::add(std::string_view scope) {
  if (!scope.empty() && std::find(scopes_.begin(), scopes_.end(), scope) == scopes_.end())
    scopes_.emplace_back(scope);
}

IpSet Scopes::in_all_spaces(base::IpFamily family, AddressNumber first, AddressNumber last) const {
  if (family == base::IpFamily::v4)
    return IpSet::of({v4_space, first}, {v4_space, last});
  std::vector<Interval<IpPoint>> intervals;
  auto const spaces = first_scope_space + scopes_.size() + 1;
  for (std::uint32_t space = unscoped_space; space < spaces; ++space)
    intervals.push_back({{space, first}, {space, last}});
  return IpSet(std::move(intervals));
}

IpSet Scopes::all(base::IpFamily family) const {
  if (family == base::IpFamily::v4)
    return in_all_spaces(family, 0, v4_last);
  return in_all_spaces(family, 0, all_ones) - in_all_spaces(family, mapped_first, mapped_last);
}

IpSet Scopes::of(const base::IpAddress& literal) const {
  AddressNumber const value = number_of(literal);
  if (literal.scope.empty())
    return in_all_spaces(literal.family, value, value);
  auto const scope = std::find(scopes_.begin(), scopes_.end(), literal.scope) - scopes_.begin();
  auto const space = first_scope_space + static_cast<std::uint32_t>(scope);
  return IpSet::of({space, value}, {space, value});
}

IpSet Scopes::of(const base::Cidr& prefix) const {
  unsigned const free_bits = prefix.address.width() - prefix.length;
  AddressNumber const host = free_bits == 0 ? 0 : all_ones >> (128 - free_bits);
  AddressNumber const first = number_of(prefix.address);
  return in_all_spaces(prefix.address.family, first, first | host);
}

IpSet Scopes::of(const base::IpRange& range) const {
  return in_all_spaces(range.first.family, number_of(range.first), number_of(range.last));
}

base::IpAddress Scopes::to_address(const IpPoint& point) const {
  base::IpAddress address;
  address.family = point.space == v4_space ? base::IpFamily::v4 : base::IpFamily::v6;
  unsigned const bytes = address.width() / 8;
  for (unsigned i = 0; i < bytes; ++i)
    address.bytes[i] = static_cast<std::uint8_t>(point.value >> (8 * (bytes - 1 - i)) & 0xff);
  if (point.space < first_scope_space)
    return address;
  auto const index = point.space - first_scope_space;
  if (index < scopes_.size()) {
    address.scope = scopes_[index];
    return address;
  }
  // Any scope that no literal names.
  for (unsigned number = 0; address.scope.empty(); ++number)
    if (std::string name = "eth" + std::to_string(number);
        std::find(scopes_.begin(), scopes_.end(), name) == scopes_.end())
      address.scope = std::move(name);
  return address;
}

} // namespace nvmf::analyze
