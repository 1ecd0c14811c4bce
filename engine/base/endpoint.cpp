#include "base/endpoint.hpp"

#include <fmt/format.h>

namespace nvmf::base {

bool Endpoint::same_as(const Endpoint& other) const {
  return same_port(other) && same_address(host_traddr, other.host_traddr) &&
         host_iface == other.host_iface;
}

bool Endpoint::same_port(const Endpoint& other) const {
  return transport == other.transport && same_address(traddr, other.traddr) &&
         trsvcid == other.trsvcid;
}

bool Endpoint::host_side_agrees(const Endpoint& other) const {
  bool const addresses_agree =
      !host_traddr || !other.host_traddr || host_traddr->same_as(*other.host_traddr);
  bool const interfaces_agree =
      host_iface.empty() || other.host_iface.empty() || host_iface == other.host_iface;
  return addresses_agree && interfaces_agree;
}

std::string Endpoint::port_text() const {
  std::string const address = to_text(traddr);
  if (!traddr || !trsvcid)
    return address;
  bool const is_v6 = traddr->ip() != nullptr && traddr->ip()->family == IpFamily::v6;
  return is_v6 ? fmt::format("[{}]:{}", address, *trsvcid)
               : fmt::format("{}:{}", address, *trsvcid);
}

std::string Endpoint::key() const {
  // No value holds a line feed.
  return fmt::format("{}\n{}\n{}", port_key(), to_text(host_traddr), host_iface);
}

std::string Endpoint::port_key() const {
  return fmt::format("{}\n{}\n{}", to_string(transport), to_text(traddr),
                     trsvcid ? std::to_string(*trsvcid) : std::string());
}

} // namespace nvmf::base
