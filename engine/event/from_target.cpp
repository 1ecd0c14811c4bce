#include "event/from_target.hpp"

#include "base/nqn.hpp"

namespace nvmf::event {

namespace {

Event event_at(const policy::Target& target, const policy::TargetEndpoint& endpoint) {
  bool const discovery = target.subject() == base::Subject::discovery_controller;
  return Event{.kind = base::EventKind::boot,
               .subject = target.subject(),
               .endpoint = endpoint,
               .subsystem_nqn = target.subsystem_nqn,
               .discovery_nqn =
                   discovery ? std::string(base::well_known_discovery_nqn) : std::string(),
               .sources = {target.name},
               .target = target.name,
               .host_name = endpoint.host_name};
}

bool is_of_family(const base::IpAddress& address, const std::optional<base::Traddr>& host) {
  return !host || !host->ip() || host->ip()->family == address.family;
}

void add_resolved(const Event& unresolved, const Names& names, std::vector<Event>& events) {
  std::size_t const before = events.size();
  if (auto const found = names.find(unresolved.host_name); found != names.end())
    for (base::IpAddress address : found->second) {
      if (!is_of_family(address, unresolved.endpoint.host_traddr))
        continue;
      if (address.is_link_local() && address.scope.empty())
        address.scope = unresolved.endpoint.host_iface;
      Event& event = events.emplace_back(unresolved);
      event.endpoint.traddr = base::Traddr(std::move(address));
      event.host_name.clear();
    }
  if (events.size() == before)
    events.push_back(unresolved);
}

} // namespace

std::vector<Event> from_target(const policy::Target& target, const Names& names) {
  std::vector<Event> events;
  for (const policy::TargetEndpoint& endpoint : target.endpoints) {
    Event event = event_at(target, endpoint);
    if (endpoint.host_name.empty())
      events.push_back(std::move(event));
    else
      add_resolved(event, names, events);
  }
  return events;
}

} // namespace nvmf::event
