// An event as a value: the one form in which udev's properties, event files, discovery log entries,
// targets and remembered controllers reach `decide`.
#pragma once

#include "base/endpoint.hpp"
#include "base/words.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::event {

// How much of it the firmware's boot table names: nothing, the subsystem but at other addresses, or
// the path or discovery controller itself.
enum class InTable : std::uint8_t { nothing, subsystem, path };

// Absent, empty and `none` were all read as "not set": an empty string or nullopt here.
// The endpoint is that of the thing decided: the discovery controller for its own events,
// the record for `discovered` and `referral`, the target for `boot`.
struct Event {
  base::EventKind kind = base::EventKind::boot;
  base::Subject subject = base::Subject::discovery_controller;
  base::Endpoint endpoint;   // its host side as connected, as inherited, or as the target says
  std::string subsystem_nqn; // I/O subsystem; empty for a discovery controller
  std::string discovery_nqn; // the discovery controller's NQN; the well-known one until known
  std::string host_nqn;      // the inherited identity; empty: unknown
  std::string hostid;
  std::string identity; // name of the inherited identity; empty: it has none, or is unknown
  // Of the connected discovery controller that the event is about; nullopt: there is none.
  std::optional<std::string> owner; // in the registry; empty: it has none
  std::optional<bool> persistent;   // it has a keep-alive timeout
  std::optional<std::uint16_t> portid;
  std::optional<base::SecureChannel> secure_channel;
  std::uint8_t sectype = 0;                // of a tcp record, as in LogEntry
  std::vector<std::string> sources;        // target and rule names, through referrals
  std::map<std::string, std::string> udev; // properties, for events from udev only
  std::string device;                      // `nvme0`: the event's discovery controller
  std::string target;                      // name of the target of a `boot` event
  // The part of it that the firmware's table names; looked up for each decision, and in no file.
  InTable in_table = InTable::nothing;
  std::string host_name; // of a target whose address is not known: nothing else has a host name

  bool operator==(const Event&) const = default;
};

} // namespace nvmf::event
