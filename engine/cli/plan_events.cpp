#include "cli/plan_events.hpp"

#include "base/nearest.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diag/read_source.hpp"
#include "diag/shown_text.hpp"
#include "event/event_file.hpp"
#include "event/from_device.hpp"
#include "plan/endpoints.hpp"
#include "plan/firmware.hpp"
#include "plan/known_device.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using Events = std::vector<ChosenEvent>;

// An event or the reason why it triggers nothing; a malformed one is said.
std::optional<Events> from_reading(const event::Reading& reading) {
  if (const auto* event = std::get_if<event::Event>(&reading))
    return Events{*event};
  if (const auto* ignored = std::get_if<event::MustNotTrigger>(&reading))
    return Events{*ignored};
  if (std::holds_alternative<event::ControllerGone>(reading))
    return Events{event::MustNotTrigger{"a controller is gone: only the services know whether it "
                                        "was lost"}};
  const auto& malformed = std::get<event::Malformed>(reading);
  complain(fmt::format("the event cannot be used: `{}` {}", malformed.field, malformed.problem));
  return std::nullopt;
}

std::optional<Events> from_file(const EventChoice& choice, const Globals& globals,
                                decide::Facts& facts) {
  const auto source = diag::read_source(*choice.file);
  if (!source) {
    complain(source.error().message);
    return std::nullopt;
  }
  diag::Sink sink;
  auto file = event::parse_event_file(*source, sink);
  if (!file) {
    complain_about(globals, sink);
    return std::nullopt;
  }
  if (file->passed_over > 0)
    complain(fmt::format("{} holds {} events; the last one is taken", diag::shown((*source)->path),
                         file->passed_over + 1));
  if (file->hostname)
    facts.hostname = file->hostname;
  if (choice.host == EventHost::facts)
    return from_reading(plan::checked_with_facts(std::move(file->reading), facts));
  return from_reading(event::checked_with_sysfs(std::move(file->reading), host_files(globals)));
}

std::optional<Events> from_device(const EventChoice& choice, const Globals& globals) {
  const auto reading = event::from_device(*choice.device, host_files(globals));
  if (!reading) {
    complain(reading.error().message);
    return std::nullopt;
  }
  return from_reading(*reading);
}

std::optional<Events> from_facts_device(const std::string& device, const decide::Facts& facts) {
  if (facts.controllers)
    for (const decide::Controller& controller : *facts.controllers)
      if (controller.device == device)
        return Events{plan::connected_event(controller, base::EventKind::discovery_log_changed)};
  complain(fmt::format("{}: the facts name no such controller", device));
  return std::nullopt;
}

// A target may be several endpoints, each of them an event or more.
Events from_target(const policy::Policy& policy, const decide::Facts& facts,
                   const std::string& name) {
  Events events;
  for (const policy::Target& target : policy.targets)
    if (target.name == name)
      for (event::Event& event : plan::target_events(policy, facts, target))
        events.emplace_back(std::move(event));
  return events;
}

bool has_target_of(const policy::Policy& policy, const ChosenEvent& chosen) {
  const auto* event = std::get_if<event::Event>(&chosen);
  return event == nullptr || event->target.empty() || has_target(policy, event->target);
}

} // namespace

bool has_target(const policy::Policy& policy, const std::string& name) {
  std::vector<std::string> names;
  for (const policy::Target& target : policy.targets)
    names.push_back(target.name);
  if (is_one_of(name, names))
    return true;
  const auto near = base::nearest(name, names);
  complain(fmt::format("the policy has no target `{}`{}", name,
                       near ? fmt::format("; did you mean `{}`?", *near) : ""));
  return false;
}

std::optional<Events> choose_events(const EventChoice& choice, const Globals& globals,
                                    const policy::Policy& policy, decide::Facts& facts) {
  if (choice.file) {
    auto events = from_file(choice, globals, facts);
    if (events && !has_target_of(policy, events->front()))
      return std::nullopt;
    return events;
  }
  if (choice.device)
    return choice.host == EventHost::facts ? from_facts_device(*choice.device, facts)
                                           : from_device(choice, globals);
  if (choice.target)
    return has_target(policy, *choice.target)
               ? std::optional(from_target(policy, facts, *choice.target))
               : std::nullopt;
  Events events;
  for (event::Event& event :
       choice.firmware ? plan::firmware_events(policy, facts) : plan::all_events(policy, facts))
    events.emplace_back(std::move(event));
  return events;
}

} // namespace nvmf::cli
