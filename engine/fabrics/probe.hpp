// Whether somebody answers at a tcp path, found out in user space before the kernel is asked: a
// write to /dev/nvme-fabrics for a dead address holds up every other connect of the host for
// seconds, a handshake of our own costs nobody anything.
#pragma once

#include "base/duration.hpp"
#include "base/fd.hpp"
#include "base/ip_address.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nvmf::fabrics {

// Error code of a path that accepted the connection and then said nothing (ETIME); one that did not
// even accept has ETIMEDOUT.
inline constexpr int probe_silent_code = 62;
// Error code of an address to which this host has no route (ENETUNREACH): nothing was sent.
inline constexpr int no_route_code = 101;
// How long a target that accepted may take for ICResp: as long as the kernel would wait for it
// (drivers/nvme/host/tcp.c, the receive timeout of nvme_tcp_alloc_queue).
inline constexpr base::Duration icresp_patience = std::chrono::seconds(10);

struct ProbeTarget {
  // `icresp` also sends ICReq and waits for ICResp (NVMe/TCP transport specification, "Initialize
  // Connection"), so that targets that accept and do not answer are found.
  enum class Depth : std::uint8_t { handshake, icresp };
  base::IpAddress address;
  std::uint16_t port = 0;
  std::optional<base::IpAddress> source; // host_traddr
  std::string interface;                 // host_iface
  Depth depth = Depth::handshake;

  bool operator==(const ProbeTarget&) const = default;
};

// One probe under way. Non-blocking: wait for `events()` on `fd()`, then call advance(). The caller
// keeps the time limit. Destroying it closes the connection.
class Probe {
public:
  enum class Progress : std::uint8_t { waiting, accepted, answered };

  // Starts it. An error here is final: EADDRNOTAVAIL and ENODEV (the host's own side is missing),
  // no_route_code.
  static base::Result<Probe> start(const ProbeTarget& target);

  int fd() const { return fd_.get(); }
  std::uint32_t events() const; // EPOLLIN or EPOLLOUT

  // Goes on after an event; `accepted` once, when ICResp is waited for from here on. An error is
  // the path's: ECONNREFUSED, EHOSTUNREACH, ETIMEDOUT, EPROTO (the answer is not an ICResp).
  base::Result<Progress> advance();

  // The error when the caller's time limit is over.
  base::Error timed_out() const;

private:
  enum class Phase : std::uint8_t { connecting, awaiting_icresp };
  base::Fd fd_;
  Phase phase_ = Phase::connecting;
  ProbeTarget::Depth depth_ = ProbeTarget::Depth::handshake;
};

} // namespace nvmf::fabrics
