// Words of the policy language that more than one layer speaks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nvmf::base {

// The kinds of event.
enum class EventKind : std::uint8_t {
  boot,                  // a target of the policy is due
  firmware,              // the firmware's boot table names it
  discovery_log_changed, // AEN of a connected discovery controller
  discovery_reconnected, // a discovery controller came back
  fc_discovery,          // an FC remote port with a discovery controller
  discovered,            // a subsystem entry of a discovery log
  referral,              // a referral entry of a discovery log
  controller_lost,       // the kernel gave up a controller that we remember
};
inline constexpr std::array all_event_kinds{EventKind::boot,
                                            EventKind::firmware,
                                            EventKind::discovery_log_changed,
                                            EventKind::discovery_reconnected,
                                            EventKind::fc_discovery,
                                            EventKind::discovered,
                                            EventKind::referral,
                                            EventKind::controller_lost};
std::string_view to_string(EventKind kind);
std::optional<EventKind> parse_event_kind(std::string_view text);

// The thing that an event is about.
enum class Subject : std::uint8_t { discovery_controller, io_subsystem };

// TREQ bits 1:0 of a discovery log entry.
enum class SecureChannel : std::uint8_t { unspecified, required, not_required };
inline constexpr std::array all_secure_channels{
    SecureChannel::required, SecureChannel::not_required, SecureChannel::unspecified};
std::string_view to_string(SecureChannel treq); // `required`, `not-required`, `unspecified`
std::optional<SecureChannel> parse_secure_channel(std::string_view text);

} // namespace nvmf::base
