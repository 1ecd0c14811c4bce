#include "plan/endpoints.hpp"

#include "base/nqn.hpp"
#include "event/from_target.hpp"
#include "plan/firmware.hpp"
#include "plan/host_side.hpp"
#include "plan/id.hpp"
#include "plan/identity.hpp"
#include "plan/same_path.hpp"

#include <algorithm>
#include <iterator>

namespace nvmf::plan {

namespace {

Tid discovery_tid(const event::Event& event) {
  return {.endpoint = event.endpoint,
          .subsystem_nqn = std::string(base::well_known_discovery_nqn),
          .host_nqn = event.host_nqn};
}

bool is_discovery(const event::Event& event) {
  return event.subject == base::Subject::discovery_controller;
}

std::vector<event::Event> connected_events(const policy::Policy& policy,
                                           const decide::Facts& facts) {
  std::vector<event::Event> events;
  if (!facts.controllers)
    return events;
  for (const decide::Controller& controller : *facts.controllers)
    if (controller.is_discovery() && controller.counts_as_connected())
      events.push_back(with_identity(
          policy, facts, connected_event(controller, base::EventKind::discovery_log_changed)));
  return events;
}

std::vector<event::Event> fc_events(const policy::Policy& policy, const decide::Facts& facts) {
  std::vector<event::Event> events;
  if (!facts.fc_ports)
    return events;
  for (const decide::FcPort& port : *facts.fc_ports)
    for (const base::FcAddress& remote : port.remotes.value_or(std::vector<base::FcAddress>())) {
      event::Event event{.kind = base::EventKind::fc_discovery,
                         .subject = base::Subject::discovery_controller,
                         .endpoint = {.transport = base::Transport::fc,
                                      .traddr = base::Traddr(remote),
                                      .host_traddr = base::Traddr(port.host)},
                         .discovery_nqn = std::string(base::well_known_discovery_nqn)};
      events.push_back(with_identity(policy, facts, std::move(event)));
    }
  return events;
}

// An fc discovery controller without a host port: through each that sees it.
std::vector<event::Event> through_ports(const event::Event& whole, const decide::Facts& facts) {
  const base::Endpoint& endpoint = whole.endpoint;
  bool const through_every_port = is_discovery(whole) &&
                                  endpoint.transport == base::Transport::fc &&
                                  !endpoint.host_traddr && facts.fc_ports && endpoint.traddr;
  std::vector<event::Event> events;
  if (through_every_port)
    for (const decide::FcPort& port : *facts.fc_ports)
      if (may_see(port, *endpoint.traddr->fc())) {
        events.push_back(whole);
        events.back().endpoint.host_traddr = base::Traddr(port.host);
      }
  return events.empty() ? std::vector{whole} : events;
}

// A discovery controller under `host-side: same-subnet`: through each interface that shares its
// subnet. Where none does, the plan of the event says so.
std::vector<event::Event> through_interfaces(const event::Event& whole,
                                             const policy::Target& target,
                                             const decide::Facts& facts) {
  const base::Endpoint& endpoint = whole.endpoint;
  bool const names_host_side = endpoint.host_traddr || !endpoint.host_iface.empty();
  if (!is_discovery(whole) || target.host_side != policy::HostSide::same_subnet ||
      names_host_side || !facts.interfaces)
    return {whole};
  std::vector<event::Event> events;
  for (HostSideChoice& side :
       resolve_discovery_host_side(whole, policy::HostSide::same_subnet, facts)) {
    events.push_back(whole);
    if (!side.reason)
      events.back().endpoint = std::move(side.endpoint);
  }
  return events;
}

// Appends those that no earlier event has already.
void append_new(std::vector<event::Event>& events, std::vector<event::Event> more) {
  for (event::Event& candidate : more) {
    bool const known = std::any_of(events.begin(), events.end(), [&](const event::Event& event) {
      return is_discovery(event) && event.endpoint == candidate.endpoint &&
             event.host_nqn == candidate.host_nqn;
    });
    if (!known)
      events.push_back(std::move(candidate));
  }
}

} // namespace

std::optional<bool> is_kept_alive(const decide::Controller& controller) {
  auto const found = controller.connect.find(base::OptionId::keep_alive_tmo);
  if (found == controller.connect.end())
    return std::nullopt;
  const auto* seconds = std::get_if<std::int64_t>(&found->second);
  return seconds ? std::optional(*seconds > 0) : std::nullopt;
}

event::Event connected_event(const decide::Controller& controller, base::EventKind kind) {
  return {.kind = kind,
          .subject = base::Subject::discovery_controller,
          .endpoint = controller.endpoint,
          .discovery_nqn = controller.subsystem_nqn.empty()
                               ? std::string(base::well_known_discovery_nqn)
                               : controller.subsystem_nqn,
          .host_nqn = controller.host_nqn,
          .hostid = controller.hostid,
          .owner = controller.owner.value_or(""),
          .persistent = is_kept_alive(controller),
          .device = controller.device};
}

std::vector<event::Event> target_events(const policy::Policy& policy, const decide::Facts& facts,
                                        const policy::Target& target) {
  std::vector<event::Event> events;
  for (event::Event& whole : event::from_target(target, facts.names)) {
    whole = with_identity(policy, facts, std::move(whole));
    std::vector<event::Event> through = whole.endpoint.transport == base::Transport::fc
                                            ? through_ports(whole, facts)
                                            : through_interfaces(whole, target, facts);
    std::move(through.begin(), through.end(), std::back_inserter(events));
  }
  return events;
}

std::vector<event::Event> all_events(const policy::Policy& policy, const decide::Facts& facts) {
  std::vector<event::Event> events;
  std::vector<event::Event> connected = connected_events(policy, facts);
  for (const policy::Target& target : policy.targets)
    for (event::Event& event : target_events(policy, facts, target)) {
      // Under its own name, with the device that serves it.
      auto const live =
          std::find_if(connected.begin(), connected.end(), [&](const event::Event& candidate) {
            const auto controller =
                std::find_if(facts.controllers->begin(), facts.controllers->end(),
                             [&](const auto& each) { return each.device == candidate.device; });
            return is_discovery(event) &&
                   same_path(discovery_tid(event), *controller, facts.interfaces);
          });
      if (live != connected.end()) {
        event.device = live->device;
        connected.erase(live);
      }
      events.push_back(std::move(event));
    }
  append_new(events, firmware_events(policy, facts));
  append_new(events, std::move(connected));
  append_new(events, fc_events(policy, facts));
  return events;
}

} // namespace nvmf::plan
