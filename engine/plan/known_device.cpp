#include "plan/known_device.hpp"

#include "plan/endpoints.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

namespace {

// Facts that are left out do not contradict the event.
void take_identity(event::Event& event, const decide::Controller& controller) {
  event.owner = controller.owner.value_or("");
  event.persistent = is_kept_alive(controller);
  if (!controller.subsystem_nqn.empty())
    event.discovery_nqn = controller.subsystem_nqn;
  if (controller.host_nqn.empty())
    return;
  event.host_nqn = controller.host_nqn;
  event.hostid = controller.hostid;
}

} // namespace

event::Reading checked_with_facts(event::Reading reading, const decide::Facts& facts) {
  auto* const event = std::get_if<event::Event>(&reading);
  if (!event || event->device.empty() || !facts.controllers)
    return reading;
  auto const controller =
      std::find_if(facts.controllers->begin(), facts.controllers->end(),
                   [&](const auto& candidate) { return candidate.device == event->device; });
  if (controller == facts.controllers->end() || !event->endpoint.same_as(controller->endpoint)) {
    event->device.clear();
    return reading;
  }
  if (!controller->is_discovery()) {
    if (event->kind == base::EventKind::discovery_reconnected)
      return event::MustNotTrigger{fmt::format("{} is not a discovery controller", event->device)};
    event->device.clear();
    return reading;
  }
  take_identity(*event, *controller);
  return reading;
}

} // namespace nvmf::plan
