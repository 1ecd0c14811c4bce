#include "service/disconnect.hpp"

#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"
#include "host/removal.hpp"
#include "service/gone_controller.hpp"

#include <algorithm>
#include <cerrno>

namespace nvmf::service {

namespace {

bool is_live_as(const execute::PathRecord& path, const decide::Controller& controller) {
  return path.state == execute::PathState::live && path.device == controller.device &&
         (path.incarnation == 0 || path.incarnation == controller.incarnation);
}

bool is_named(const decide::Controller& controller, const std::string& name,
              const std::vector<NamedPath>& paths) {
  const auto address = base::Traddr::parse_any(name);
  return controller.device == name || controller.subsystem_nqn == name ||
         (address && controller.endpoint.traddr && controller.endpoint.traddr->same_as(*address)) ||
         std::any_of(paths.begin(), paths.end(),
                     [&](const NamedPath& one) { return is_live_as(*one.path, controller); });
}

// Each once: sources may name it alike.
std::vector<event::Event> known_as(const decide::Controller& controller,
                                   const std::vector<execute::State>& states) {
  std::vector<event::Event> events;
  std::vector<std::string> marks;
  for (const execute::State& state : states)
    for (const execute::PathRecord& path : state.paths) {
      if (!path.tid.endpoint || !is_live_as(path, controller))
        continue;
      event::Event event = lost_event(path, state);
      std::string mark = host::kept_away_path(host::kept_away_tid(event), event.subject);
      if (std::find(marks.begin(), marks.end(), mark) != marks.end())
        continue;
      marks.push_back(std::move(mark));
      events.push_back(std::move(event));
    }
  return events;
}

Connection::Standing standing_of(const decide::Controller& controller, bool is_known) {
  using Standing = Connection::Standing;
  if (controller.owner == host::registry_owner)
    return Standing::ours;
  if (controller.owner == host::firmware_owner)
    return is_known ? Standing::ours : Standing::others;
  if (controller.owner)
    return Standing::others;
  return is_known ? Standing::wanted : Standing::unwanted;
}

// No state knows it: that of another version, or one that was lost.
event::Event event_of(const decide::Controller& controller) {
  const bool is_discovery = controller.is_discovery();
  return {.kind = base::EventKind::controller_lost,
          .subject =
              is_discovery ? base::Subject::discovery_controller : base::Subject::io_subsystem,
          .endpoint = controller.endpoint,
          .subsystem_nqn = is_discovery ? std::string() : controller.subsystem_nqn,
          .discovery_nqn = is_discovery ? controller.subsystem_nqn : std::string(),
          .host_nqn = controller.host_nqn,
          .hostid = controller.hostid};
}

} // namespace

std::vector<Connection> named_connections(const base::FileSystem& files,
                                          const std::vector<execute::State>& states,
                                          const std::string& name,
                                          const std::vector<NamedPath>& paths) {
  std::vector<Connection> found;
  for (decide::Controller& controller : host::read_controllers(files)) {
    if (!controller.counts_as_connected() || !is_named(controller, name, paths))
      continue;
    auto events = known_as(controller, states);
    const auto standing = standing_of(controller, !events.empty());
    if (events.empty())
      events.push_back(event_of(controller));
    found.push_back(
        {.controller = std::move(controller), .standing = standing, .known_as = std::move(events)});
  }
  return found;
}

base::Result<void> disconnect(const PlannerWorld& world, fabrics::FabricsPort& port,
                              const Connection& connection) {
  const decide::Controller& controller = connection.controller;
  for (const event::Event& event : connection.known_as)
    if (auto kept = keep_away_by_command(world, event); !kept)
      return kept;
  // Another one has the number now.
  if (host::incarnation_of(world.files, controller.device) != controller.incarnation)
    return {};
  // Dealt with: the planner, which hears of it at once, finds nothing to judge.
  host::note_gone(world.files, controller.device, controller.incarnation);
  (void)host::remove_registry_entry(world.files, controller.device, 0);
  host::remove_controller_note(world.files, controller.device);
  auto done = port.disconnect(controller.device);
  if (done || done.error().code == ENOENT)
    return {};
  if (controller.owner)
    (void)host::write_registry_entry(world.files, controller.device, *controller.owner);
  return done;
}

} // namespace nvmf::service
