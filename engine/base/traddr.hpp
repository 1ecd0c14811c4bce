// A transport address of any transport, parsed once at the edge.
#pragma once

#include "base/fc_address.hpp"
#include "base/ip_address.hpp"
#include "base/transport.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace nvmf::base {

// `traddr` or `host_traddr` as a value: an IP address (tcp, rdma), an FC address (fc), or free text
// of at most 256 printable characters (loop, InfiniBand).
class Traddr {
public:
  Traddr(IpAddress address) : value_(std::move(address)) {}
  Traddr(FcAddress address) : value_(address) {}

  // Parses an address of `transport`; rdma takes no InfiniBand GID here. None if it is not a valid
  // one.
  static std::optional<Traddr> parse(Transport transport, std::string_view text);
  // Parses an address without knowing the transport: IP or FC.
  static std::optional<Traddr> parse_any(std::string_view text);

  const IpAddress* ip() const { return std::get_if<IpAddress>(&value_); }
  const FcAddress* fc() const { return std::get_if<FcAddress>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }

  // Canonical spelling, as the kernel gets it.
  std::string to_string() const;
  // Equal as an address; an IPv6 scope counts only where both have one.
  bool same_as(const Traddr& other) const;
  bool operator==(const Traddr&) const = default;

private:
  explicit Traddr(std::string text) : value_(std::move(text)) {}
  std::variant<IpAddress, FcAddress, std::string> value_;
};

// Both unset, or the same address.
bool same_address(const std::optional<Traddr>& one, const std::optional<Traddr>& other);

// The canonical spelling; empty if unset.
std::string to_text(const std::optional<Traddr>& traddr);

} // namespace nvmf::base
