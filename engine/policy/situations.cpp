#include "policy/situations.hpp"

#include "policy/event_shapes.hpp"

#include <array>

namespace nvmf::policy {

namespace {

using base::EventKind;
using base::Subject;
using base::Transport;

std::size_t bit(EventKind event, Transport transport, Subject subject) {
  return (static_cast<std::size_t>(event) * 4 + static_cast<std::size_t>(transport)) * 2 +
         static_cast<std::size_t>(subject);
}

// All situations for which `holds(event, transport, subject)`.
template <class Predicate>
Situations where(Predicate holds) {
  Situations set;
  for (EventKind const event : base::all_event_kinds)
    for (Transport const transport : base::all_transports)
      for (Subject const subject : {Subject::discovery_controller, Subject::io_subsystem})
        if (holds(event, transport, subject))
          set.set(bit(event, transport, subject));
  return set;
}

template <class T>
void keep(Situations& set, const Pattern& pattern) {
  const T* word = std::get_if<T>(&pattern);
  if (word == nullptr)
    return;
  set |= where([&](EventKind event, Transport transport, Subject) {
    if constexpr (std::is_same_v<T, EventKind>)
      return event == *word;
    else
      return transport == *word;
  });
}

base::TransportSet transports_of_address(const Pattern& pattern) {
  if (std::holds_alternative<base::FcPattern>(pattern))
    return {Transport::fc};
  if (std::holds_alternative<base::Traddr>(pattern))
    return {Transport::loop};
  return {Transport::tcp, Transport::rdma};
}

template <class Each>
void for_each_pattern(const Clause& clause, Each each) {
  for (const Pattern& pattern : clause.values)
    each(pattern);
  for (const auto& set : clause.sets)
    for (const Pattern& pattern : set->values)
      each(pattern);
}

bool is_address_key(MatchKey key) {
  return key == MatchKey::traddr || key == MatchKey::host_traddr;
}

// The situations that the values themselves leave; all for keys whose values restrict none.
Situations situations_of_values(const Clause& clause) {
  Situations left;
  if (clause.key == MatchKey::event) {
    for_each_pattern(clause, [&](const Pattern& pattern) { keep<EventKind>(left, pattern); });
  } else if (clause.key == MatchKey::transport) {
    for_each_pattern(clause, [&](const Pattern& pattern) { keep<Transport>(left, pattern); });
  } else if (is_address_key(clause.key)) {
    base::TransportSet transports;
    for_each_pattern(clause, [&](const Pattern& pattern) {
      for (Transport const each : base::all_transports)
        if (transports_of_address(pattern).contains(each))
          transports.insert(each);
    });
    left = where(
        [&](EventKind, Transport transport, Subject) { return transports.contains(transport); });
  } else {
    left.set();
  }
  return left;
}

} // namespace

Situations possible_situations() {
  static const Situations all = where([](EventKind event, Transport transport, Subject subject) {
    return exists({subject, event, transport});
  });
  return all;
}

Situations situations_of(const SubjectSet& subjects) {
  return where([&](EventKind, Transport, Subject subject) { return subjects.contains(subject); });
}

Situations situations_of(const Clause& clause) {
  static const auto by_key = [] {
    std::array<Situations, match_key_count> table;
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = where([&](EventKind event, Transport transport, Subject subject) {
        return presence(static_cast<MatchKey>(i), {subject, event, transport}) != Presence::never;
      });
    return table;
  }();
  return by_key[static_cast<std::size_t>(clause.key)] & situations_of_values(clause);
}

Situations situations_of(const Match& match, const SubjectSet& subjects) {
  Situations left = possible_situations() & situations_of(subjects);
  for (const Clause& clause : match.all)
    left &= situations_of(clause);
  for (const Clause& clause : match.none)
    if (clause.key == MatchKey::event || clause.key == MatchKey::transport)
      left &= ~situations_of(clause);
  return left;
}

base::TransportSet transports_in(const Situations& situations) {
  base::TransportSet transports;
  for (EventKind const event : base::all_event_kinds)
    for (Transport const transport : base::all_transports)
      for (Subject const subject : {Subject::discovery_controller, Subject::io_subsystem})
        if (situations.test(bit(event, transport, subject)))
          transports.insert(transport);
  return transports;
}

std::vector<base::EventKind> events_in(const Situations& situations) {
  std::vector<base::EventKind> events;
  for (EventKind const event : base::all_event_kinds)
    if ((situations & where([&](EventKind other, Transport, Subject) {
           return other == event;
         })).any())
      events.push_back(event);
  return events;
}

} // namespace nvmf::policy
