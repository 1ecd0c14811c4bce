#include "event/from_target.hpp"

#include "base/nqn.hpp"

namespace nvmf::event {

Event from_target(const policy::Target& target) {
  bool const discovery = target.subject() == base::Subject::discovery_controller;
  return Event{.kind = base::EventKind::boot,
               .subject = target.subject(),
               .endpoint = target.endpoint,
               .subsystem_nqn = target.subsystem_nqn,
               .discovery_nqn =
                   discovery ? std::string(base::well_known_discovery_nqn) : std::string(),
               .target = target.name};
}

} // namespace nvmf::event
