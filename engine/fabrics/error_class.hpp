// The meaning of a failed connect, and when it is worth trying again: one table from errno to class
// word and retry lane.
#pragma once

#include "base/duration.hpp"
#include "base/transport.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nvmf::fabrics {

enum class ErrorClass : std::uint8_t {
  already_connected,  // EALREADY: the same path is there, which is what was wanted
  unreachable,        // nobody answers at the address
  busy,               // the kernel is doing it already, or was interrupted
  hung,               // accepts the connection and does not answer
  refused,            // nothing listens at the port
  source_missing,     // the host's own address or interface is not there
  port_missing,       // fc: no such pair of ports now
  rejected,           // no such subsystem, or this host is not allowed
  identity_conflict,  // a live controller has the same hostid with another host NQN, or the reverse
  invalid,            // the kernel does not take these options
  transport_missing,  // the kernel has no module for the transport
  auth,               // authentication or TLS failed
  secret_unavailable, // the referenced secret is not there
  tls_unavailable,    // nobody on this host makes TLS handshakes for the kernel
  log_unstable,       // the discovery log changed during every reading
  log_unreadable,     // the discovery controller refuses its log
  no_device,          // no /dev/nvme-fabrics
  not_permitted,      // /dev/nvme-fabrics may not be written
  local,              // this program's own trouble: no room, no descriptors, no memory, a lock
};
inline constexpr std::array all_error_classes{ErrorClass::already_connected,
                                              ErrorClass::unreachable,
                                              ErrorClass::busy,
                                              ErrorClass::hung,
                                              ErrorClass::refused,
                                              ErrorClass::source_missing,
                                              ErrorClass::port_missing,
                                              ErrorClass::rejected,
                                              ErrorClass::identity_conflict,
                                              ErrorClass::invalid,
                                              ErrorClass::transport_missing,
                                              ErrorClass::auth,
                                              ErrorClass::secret_unavailable,
                                              ErrorClass::tls_unavailable,
                                              ErrorClass::log_unstable,
                                              ErrorClass::log_unreadable,
                                              ErrorClass::no_device,
                                              ErrorClass::not_permitted,
                                              ErrorClass::local};
std::string_view to_string(ErrorClass value); // `already-connected`
std::optional<ErrorClass> parse_error_class(std::string_view text);

// When the next attempt is due.
enum class RetryLane : std::uint8_t {
  none,   // nothing failed
  soon,   // in a moment, as often as it takes: nothing was asked of the target
  fast,   // by the rule's schedule
  slow,   // after its slow-delay
  source, // when the host's addresses, interfaces or routes change
  event,  // when the next event names the endpoint
  secret, // when the referenced secret or the policy changes
  never,  // not before policy or log change
};
RetryLane lane_of(ErrorClass value);
// The lane of a path that may come late (`slow`): it takes the slow lane where others take the fast.
RetryLane lane_of(ErrorClass value, bool slow);

// The facts about an attempt that failed.
struct FailedAttempt {
  enum class Probe : std::uint8_t { not_made, answered };
  int code = 0; // errno
  base::Duration took{};
  Probe probe = Probe::not_made;
  base::Transport transport = base::Transport::tcp;
  // Whether sysfs shows the kernel's module for the transport.
  enum class Module : std::uint8_t { unknown, missing };
  Module module = Module::unknown;
  // Lines that the kernel logged meanwhile, oldest first.
  std::span<const std::string> kernel_log;
};

struct Classified {
  ErrorClass error_class = ErrorClass::unreachable;
  std::string reason; // for people: the kernel's own words where they say more than errno
};
Classified classify(const FailedAttempt& attempt);

} // namespace nvmf::fabrics
