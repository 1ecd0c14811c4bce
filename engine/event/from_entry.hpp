// From an entry of a discovery log to an event that rules can decide, or to the reason why it is
// none. Every byte of an entry is hostile until it went through here.
#pragma once

#include "event/event.hpp"
#include "event/log_entry.hpp"

#include <optional>
#include <string>
#include <variant>

namespace nvmf::event {

// A usable entry: `discovered` or `referral`.
struct EntryEvent {
  Event event;
  // The entry's own NQN: of the subsystem, or of the discovery controller that is referred to
  // (Event::discovery_nqn is that of the one whose log it is).
  std::string nqn;
  bool operator==(const EntryEvent&) const = default;
};

// An entry that is not an event. The readable parts are kept for the item that shows it.
struct EntryProblem {
  // In the order in which they are looked for: the first that applies is reported.
  enum class Kind : std::uint8_t { invalid_entry, not_a_fabric, unknown_subtype, self_entry };
  Kind kind = Kind::invalid_entry;
  std::string detail;                     // fit to be shown: "traddr contains a comma, …"
  std::optional<base::Endpoint> endpoint; // none: its transport does not connect
  std::string nqn;                        // only if it is usable
  base::Subject subject = base::Subject::io_subsystem;
  bool operator==(const EntryProblem&) const = default;
};

using EntryReading = std::variant<EntryEvent, EntryProblem>;

// `parent` is the event of the discovery controller whose log it is. The entry takes from it
// discovery_nqn, host_nqn, hostid, sources and, if the transport is the same, the host side as it
// was connected (host_iface on tcp only). A link-local address gets scope and interface from each
// other. A tcp or rdma entry without service id has the usual one: 8009 for a tcp discovery
// controller, else 4420.
EntryReading from_entry(const LogEntry& entry, const Event& parent);

// The NQN that the log's discovery controller has in the entry about itself: the one with the
// transport, address and service of `controller`. Empty: there is none, or only the well-known NQN.
std::string own_nqn(const DiscoveryLog& log, const Event& controller);

} // namespace nvmf::event
