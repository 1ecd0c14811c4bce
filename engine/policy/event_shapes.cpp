#include "policy/event_shapes.hpp"

namespace nvmf::policy {

namespace {

using base::EventKind;
using base::Subject;
using base::Transport;

bool is_about_an_entry(EventKind kind) {
  return kind == EventKind::discovered || kind == EventKind::controller_lost;
}

// Says more of a subsystem than where it is.
bool describes_subsystem(EventKind kind) {
  return is_about_an_entry(kind) || kind == EventKind::firmware;
}

bool is_from_udev(EventKind kind) {
  return kind == EventKind::discovery_log_changed || kind == EventKind::discovery_reconnected ||
         kind == EventKind::fc_discovery || kind == EventKind::controller_lost;
}

// Only these are about a connected controller, whose device may be gone.
bool has_controller(EventKind kind) {
  return kind == EventKind::discovery_log_changed || kind == EventKind::discovery_reconnected;
}

Presence maybe_if(bool condition) { return condition ? Presence::maybe : Presence::never; }
Presence always_if(bool condition) { return condition ? Presence::always : Presence::never; }

Presence service_presence(const EventShape& shape) {
  if (shape.transport != Transport::tcp && shape.transport != Transport::rdma)
    return Presence::never;
  // Targets without one get the usual one (event/usual_service.hpp); so does the firmware's table.
  return shape.kind == EventKind::boot || shape.kind == EventKind::firmware ? Presence::always
                                                                            : Presence::maybe;
}

} // namespace

SubjectSet subjects_of(EventKind kind) {
  switch (kind) {
  case EventKind::boot:
  case EventKind::firmware:
  case EventKind::controller_lost:
    return {};
  case EventKind::discovered:
    return {.discovery_controllers = false};
  case EventKind::discovery_log_changed:
  case EventKind::discovery_reconnected:
  case EventKind::fc_discovery:
  case EventKind::referral:
    return {.io_subsystems = false};
  }
  return {};
}

base::TransportSet transports_of(EventKind kind) {
  if (kind == EventKind::firmware) // the Boot Specification has no other
    return {Transport::tcp};
  return kind == EventKind::fc_discovery ? base::TransportSet{Transport::fc}
                                         : base::TransportSet::all();
}

bool exists(const EventShape& shape) {
  return subjects_of(shape.kind).contains(shape.subject) &&
         transports_of(shape.kind).contains(shape.transport);
}

Presence presence(MatchKey key, const EventShape& shape) {
  bool const is_io = shape.subject == Subject::io_subsystem;
  switch (key) {
  case MatchKey::event:
  case MatchKey::transport:
    return Presence::always;
  case MatchKey::traddr:
    return shape.transport == Transport::loop ? Presence::maybe : Presence::always;
  case MatchKey::host_nqn:
  case MatchKey::hostname:
  case MatchKey::source:
  case MatchKey::identity:
    return Presence::maybe;
  case MatchKey::host_traddr:
    return maybe_if(shape.transport != Transport::loop);
  case MatchKey::trsvcid:
    return service_presence(shape);
  case MatchKey::host_iface:
    return maybe_if(shape.transport == Transport::tcp);
  case MatchKey::subsystem_nqn:
    return always_if(is_io);
  case MatchKey::discovery_nqn:
    return maybe_if(!is_io || is_about_an_entry(shape.kind));
  case MatchKey::owner:
  case MatchKey::persistent:
    return maybe_if(has_controller(shape.kind));
  case MatchKey::portid:
  case MatchKey::secure_channel:
    return maybe_if(is_io && describes_subsystem(shape.kind));
  case MatchKey::udev:
    return maybe_if(is_from_udev(shape.kind));
  }
  return Presence::maybe;
}

} // namespace nvmf::policy
