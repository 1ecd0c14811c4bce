// IP addresses as values: compared binary, printed canonically.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::base {

enum class IpFamily : std::uint8_t { v4, v6 };

// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) is the IPv4 one. `scope`
// is the zone of an IPv6 literal (`eth0` in `fe80::1%eth0`), empty where none was given.
struct IpAddress {
  IpFamily family = IpFamily::v4;
  std::array<std::uint8_t, 16> bytes{}; // network order; IPv4 uses the first four
  std::string scope;

  // The literal forms of inet_pton(3) with an optional `%scope` for IPv6; nothing else (no octal,
  // no brackets, no host names).
  static std::optional<IpAddress> parse(std::string_view text);

  // RFC 5952 with the scope, mapped addresses as IPv4.
  std::string to_string() const;

  // 32 or 128.
  unsigned width() const { return family == IpFamily::v4 ? 32 : 128; }
  bool is_link_local() const;  // fe80::/10
  bool is_unspecified() const; // 0.0.0.0, ::
  // May be one host's: neither unspecified (0.0.0.0, ::) nor multicast (224.0.0.0/4, ff00::/8) nor
  // the limited broadcast.
  bool is_unicast() const;

  // Same address and same scope.
  bool operator==(const IpAddress&) const = default;
  // Same address; a scope is compared only where both have one.
  bool same_as(const IpAddress& other) const;
  // Order by family, then value; scope left out.
  std::strong_ordering compare_value(const IpAddress& other) const;
};

// A prefix. `address` has its host bits cleared and no scope.
struct Cidr {
  IpAddress address;
  unsigned length = 0;

  // `address/length`. Host bits that are set are cleared; `had_host_bits` reports it.
  static std::optional<Cidr> parse(std::string_view text);
  bool had_host_bits = false;

  // The address lies in the prefix (same family; scope ignored).
  bool contains(const IpAddress& candidate) const;
  std::string to_string() const;
  bool operator==(const Cidr& other) const {
    return address == other.address && length == other.length;
  }
};

// First and last address of one family, both included, first <= last.
struct IpRange {
  IpAddress first;
  IpAddress last;

  // `a-b`. None if either is not an address, the families differ or they are in the wrong order.
  static std::optional<IpRange> parse(std::string_view text);
  bool contains(const IpAddress& candidate) const;
  std::string to_string() const;
  bool operator==(const IpRange&) const = default;
};

} // namespace nvmf::base
