#include "policy/situations.hpp"

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

bool exists(EventKind event, Transport transport, Subject subject) {
  bool const is_discovery = subject == Subject::discovery_controller;
  switch (event) {
  case EventKind::boot:
  case EventKind::controller_lost:
    return true;
  case EventKind::discovery_log_changed:
  case EventKind::discovery_reconnected:
  case EventKind::referral:
    return is_discovery;
  case EventKind::fc_discovery:
    return is_discovery && transport == Transport::fc;
  case EventKind::discovered:
    return !is_discovery;
  }
  return true;
}

// Whether an event can have a value for the key (LANGUAGE, the table of match keys).
bool has_value(MatchKey key, EventKind event, Transport transport, Subject subject) {
  bool const is_entry = event == EventKind::discovered || event == EventKind::controller_lost;
  bool const is_io = subject == Subject::io_subsystem;
  switch (key) {
  case MatchKey::event:
  case MatchKey::transport:
  case MatchKey::traddr:
  case MatchKey::host_nqn:
  case MatchKey::hostname:
    return true;
  case MatchKey::host_traddr:
    return transport != Transport::loop;
  case MatchKey::trsvcid:
    return transport == Transport::tcp || transport == Transport::rdma;
  case MatchKey::host_iface:
    return transport == Transport::tcp;
  case MatchKey::subsystem_nqn:
    return is_io;
  case MatchKey::discovery_nqn:
    return !is_io || is_entry;
  case MatchKey::source:
    return is_entry || event == EventKind::referral;
  case MatchKey::portid:
  case MatchKey::secure_channel:
    return is_io && is_entry;
  case MatchKey::udev:
    return event == EventKind::discovery_log_changed || event == EventKind::discovery_reconnected ||
           event == EventKind::fc_discovery || event == EventKind::controller_lost;
  }
  return true;
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

// What the values themselves leave; everything for keys whose values say nothing about it.
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
  static const Situations all = where(exists);
  return all;
}

Situations situations_of(const SubjectSet& subjects) {
  return where([&](EventKind, Transport, Subject subject) { return subjects.contains(subject); });
}

Situations situations_of(const Clause& clause) {
  static const auto by_key = [] {
    std::array<Situations, 14> table;
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = where([&](EventKind event, Transport transport, Subject subject) {
        return has_value(static_cast<MatchKey>(i), event, transport, subject);
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

SubjectSet subjects_in(const Situations& situations) {
  SubjectSet subjects{.discovery_controllers = false, .io_subsystems = false};
  for (std::size_t i = 0; i < situation_count; ++i)
    if (situations.test(i))
      (i % 2 == static_cast<std::size_t>(Subject::discovery_controller)
           ? subjects.discovery_controllers
           : subjects.io_subsystems) = true;
  return subjects;
}

} // namespace nvmf::policy
