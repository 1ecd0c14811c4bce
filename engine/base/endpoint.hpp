// Where a controller is reached, and from where: the part of a connection that is an address.
#pragma once

#include "base/traddr.hpp"
#include "base/transport.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nvmf::base {

// A port of a target and the host side that it is reached from. Unset: nullopt or empty.
//
// Three kinds of equality, because three things are asked:
// - `same_as`: is it the same connection, as two readers of the same controller see it;
// - `same_port`: does it lead to the same place, from wherever;
// - `==`: is it spelled alike (an IPv6 scope that one of two leaves out makes them differ).
// Whether a planned path is the one that a live controller holds is a fourth question, with more
// than addresses in it: plan/same_path.hpp.
struct Endpoint {
  Transport transport = Transport::tcp;
  std::optional<Traddr> traddr;         // only loop may have none
  std::optional<std::uint16_t> trsvcid; // tcp and rdma
  std::optional<Traddr> host_traddr;
  std::string host_iface;

  // Same port, and the same host side: unset equals only unset.
  bool same_as(const Endpoint& other) const;
  // Same transport, address (Traddr::same_as) and service.
  bool same_port(const Endpoint& other) const;
  // The host sides do not contradict each other: unset agrees with anything.
  bool host_side_agrees(const Endpoint& other) const;

  // `10.20.1.10:8009`, `[fd20:a::1]:4420`, `nn-0x…:pn-0x…`; empty without an address.
  std::string port_text() const;

  // Equal texts for endpoints that are spelled alike, and only for them: transport, canonical
  // traddr, trsvcid, host traddr and interface, a line each, the last without its end.
  std::string key() const;
  // The same without the host side.
  std::string port_key() const;

  bool operator==(const Endpoint&) const = default;
};

} // namespace nvmf::base
