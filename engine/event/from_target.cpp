#include "event/from_target.hpp"

#include "base/nqn.hpp"

namespace nvmf::event {

Event from_target(const policy::Target& target) {
  bool const discovery = target.subject() == base::Subject::discovery_controller;
  return Event{.kind = base::EventKind::boot,
               .subject = target.subject(),
               .transport = target.transport,
               .traddr = target.traddr,
               .trsvcid = target.trsvcid,
               .host_traddr = target.host_traddr,
               .host_iface = target.host_iface,
               .subsystem_nqn = target.subsystem_nqn,
               .discovery_nqn =
                   discovery ? std::string(base::well_known_discovery_nqn) : std::string(),
               .target = target.name};
}

} // namespace nvmf::event
