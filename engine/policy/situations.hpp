// Which situations a condition can hold in: every combination of what happened, on which transport,
// to what kind of thing. Small enough to be looked at exactly, so that a match which can never hold
// is found without guessing.
#pragma once

#include "policy/policy.hpp"

#include <bitset>
#include <cstddef>
#include <vector>

namespace nvmf::policy {

// One bit per event kind, transport and subject.
inline constexpr std::size_t situation_count = base::all_event_kinds.size() * 4 * 2;
using Situations = std::bitset<situation_count>;

// Those that exist at all (policy/event_shapes.hpp).
Situations possible_situations();
Situations situations_of(const SubjectSet& subjects);
// Those in which the event has a value for the key that one of the clause's values can equal, as
// far as event, transport and subject tell.
Situations situations_of(const Clause& clause);
// The whole match: what all of its conditions leave, less what `not` takes away for certain.
Situations situations_of(const Match& match, const SubjectSet& subjects);

base::TransportSet transports_in(const Situations& situations);
std::vector<base::EventKind> events_in(const Situations& situations);

} // namespace nvmf::policy
