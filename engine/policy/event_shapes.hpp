// Which events exist, and which values each of them has: the one place that says so. The checks of
// conditions, the analysis and the reader of event files all ask here.
#pragma once

#include "base/transport.hpp"
#include "base/words.hpp"
#include "policy/policy.hpp"

namespace nvmf::policy {

// The part of an event that is settled before its values: the kind, the subject and the transport.
struct EventShape {
  base::Subject subject;
  base::EventKind kind;
  base::Transport transport;
};

SubjectSet subjects_of(base::EventKind kind);
base::TransportSet transports_of(base::EventKind kind);
// Both of the above hold.
bool exists(const EventShape& shape);

// Whether an event of this shape has a value for the key (LANGUAGE, the table of match keys).
// `maybe` where it is not certain that a value is always there.
enum class Presence : std::uint8_t { never, always, maybe };
Presence presence(MatchKey key, const EventShape& shape);

} // namespace nvmf::policy
