#include "plan/target_of.hpp"

#include "base/nqn.hpp"
#include "event/from_target.hpp"
#include "plan/firmware.hpp"
#include "plan/identity.hpp"
#include "plan/same_path.hpp"

#include <algorithm>

namespace nvmf::plan {

namespace {

// A target's endpoint that the event may be of.
struct Candidate {
  const policy::Target* target = nullptr;
  event::Event endpoint;
  int host_side = 0; // how many of host-traddr and host-iface the endpoint names
};

// The event's connection as sysfs would show it: its device where that is connected, else what the
// event says.
decide::Controller seen_by(const event::Event& event, const decide::Facts& facts) {
  if (facts.controllers && !event.device.empty())
    for (const decide::Controller& controller : *facts.controllers)
      if (controller.device == event.device &&
          controller.endpoint.transport == event.endpoint.transport)
        return controller;
  bool const is_discovery = event.subject == base::Subject::discovery_controller;
  return {.type = is_discovery ? base::ControllerType::discovery : base::ControllerType::io,
          .endpoint = event.endpoint,
          .subsystem_nqn = event.subsystem_nqn};
}

bool is_of(const event::Event& endpoint, const event::Event& event, const decide::Controller& seen,
           const decide::Facts& facts) {
  if (endpoint.subject != event.subject || endpoint.host_name != event.host_name)
    return false;
  Tid tid{.endpoint = endpoint.endpoint,
          .subsystem_nqn = endpoint.subject == base::Subject::discovery_controller
                               ? std::string(base::well_known_discovery_nqn)
                               : endpoint.subsystem_nqn};
  // An fc target without a host port is reached through every one.
  if (tid.endpoint->transport == base::Transport::fc && !tid.endpoint->host_traddr)
    tid.endpoint->host_traddr = seen.endpoint.host_traddr;
  return same_path(tid, seen, facts.interfaces);
}

std::vector<Candidate> candidates_of(const policy::Policy& policy, const decide::Facts& facts,
                                     const event::Event& event) {
  std::vector<Candidate> found;
  if (policy.targets.empty())
    return found;
  decide::Controller const seen = seen_by(event, facts);
  for (const policy::Target& target : policy.targets) {
    if (target.transport != event.endpoint.transport || target.subject() != event.subject ||
        target.subsystem_nqn != event.subsystem_nqn)
      continue;
    for (event::Event& endpoint : event::from_target(target, facts.names))
      if (is_of(endpoint, event, seen, facts)) {
        int const named = (endpoint.endpoint.host_traddr ? 1 : 0) +
                          (endpoint.endpoint.host_iface.empty() ? 0 : 1);
        found.push_back({&target, std::move(endpoint), named});
      }
  }
  // Who says most about the host side goes first, then the first in the policy.
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return a.host_side > b.host_side;
  });
  return found;
}

ResolvedIdentity identity_of(const policy::Policy& policy, const decide::Facts& facts,
                             const policy::Target& target) {
  auto const named = policy.identities.find(target.identity.value_or("default"));
  return named == policy.identities.end() ? ResolvedIdentity{} : values_of(named->second, facts);
}

bool has_identity_of(const event::Event& event, const ResolvedIdentity& identity) {
  return event.host_nqn == identity.host_nqn &&
         (event.hostid.empty() || identity.hostid.empty() ||
          base::canonical_uuid(event.hostid) == identity.hostid);
}

event::Event of_target(const policy::Policy& policy, const decide::Facts& facts, event::Event event,
                       const Candidate& candidate) {
  const policy::Target& target = *candidate.target;
  event.target = target.name;
  if (std::find(event.sources.begin(), event.sources.end(), target.name) == event.sources.end())
    event.sources.push_back(target.name);
  // A connected controller keeps what it was connected with: it agrees with the target.
  if (event.device.empty() && candidate.host_side > 0) {
    event.endpoint.host_traddr = candidate.endpoint.endpoint.host_traddr;
    event.endpoint.host_iface = candidate.endpoint.endpoint.host_iface;
  }
  if (target.identity) {
    ResolvedIdentity identity = identity_of(policy, facts, target);
    event.host_nqn = std::move(identity.host_nqn);
    event.hostid = std::move(identity.hostid);
    event.identity = *target.identity;
  }
  return with_identity(policy, facts, std::move(event));
}

// The candidates that the event's identity leaves: of those that name an identity the ones that
// name its own, of the others all where nobody names its own.
std::vector<Candidate> agreeing(const policy::Policy& policy, const decide::Facts& facts,
                                const event::Event& event, std::vector<Candidate> candidates) {
  std::vector<Candidate> named;
  std::vector<Candidate> open;
  for (Candidate& each : candidates)
    if (!each.target->identity)
      open.push_back(std::move(each));
    else if (has_identity_of(event, identity_of(policy, facts, *each.target)))
      named.push_back(std::move(each));
  return named.empty() ? open : named;
}

// One candidate for each identity, the first.
void keep_one_of_each_identity(std::vector<Candidate>& candidates) {
  std::vector<Candidate> kept;
  for (Candidate& each : candidates)
    if (std::none_of(kept.begin(), kept.end(), [&](const Candidate& one) {
          return one.target->identity == each.target->identity;
        }))
      kept.push_back(std::move(each));
  candidates = std::move(kept);
}

} // namespace

std::vector<event::Event> for_targets(const policy::Policy& policy, const decide::Facts& facts,
                                      const event::Event& event) {
  std::vector<Candidate> candidates = candidates_of(policy, facts, event);
  if (event.kind == base::EventKind::boot && !event.target.empty()) {
    // It comes from its target, as long as that names this endpoint.
    std::erase_if(candidates,
                  [&](const Candidate& each) { return each.target->name != event.target; });
    candidates.resize(std::min<std::size_t>(candidates.size(), 1));
  } else if (!event.host_nqn.empty())
    candidates = agreeing(policy, facts, event, std::move(candidates));
  keep_one_of_each_identity(candidates);
  if (!event.host_nqn.empty() && candidates.size() > 1)
    candidates.resize(1);
  event::Event plain = event;
  plain.target.clear();
  std::vector<event::Event> events;
  for (const Candidate& each : candidates)
    events.push_back(of_target(policy, facts, plain, each));
  if (events.empty())
    events.push_back(with_identity(policy, facts, std::move(plain)));
  for (event::Event& each : events)
    each = as_in_tables(policy, facts, std::move(each));
  return events;
}

event::Event for_target(const policy::Policy& policy, const decide::Facts& facts,
                        event::Event event) {
  return for_targets(policy, facts, event).front();
}

std::vector<std::string> unknown_names(const policy::Policy& policy, const decide::Facts& facts) {
  std::vector<std::string> unknown;
  for (const policy::Target& target : policy.targets)
    for (const policy::TargetEndpoint& endpoint : target.endpoints)
      if (!endpoint.host_name.empty() && !facts.names.contains(endpoint.host_name))
        unknown.push_back(endpoint.host_name);
  return unknown;
}

} // namespace nvmf::plan
