// `nvmf-policy disconnect`: disconnects paths and keeps them away until `resume`, a policy change
// or the next boot.
#include "service/disconnect.hpp"
#include "base/clock.hpp"
#include "base/wire_text.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/named_path_text.hpp"
#include "cli/names_text.hpp"
#include "cli/terminal.hpp"
#include "cli/unknown_name.hpp"
#include "cli/usage.hpp"
#include "fabrics/fabrics_port.hpp"
#include "plan/id.hpp"
#include "service/gone_controller.hpp"
#include "service/named_paths.hpp"
#include "service/sweep_choice.hpp"
#include "service/withdraw.hpp"
#include "systemd/journal.hpp"
#include "systemd/units.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <thread>
#include <unistd.h>

namespace nvmf::cli {

namespace {

using execute::PathState;
using service::Connection;
using service::NamedPath;

struct DisconnectWorld {
  base::RealFileSystem& files;
  service::PlannerWorld planner;
  fabrics::KernelFabricsPort port;
  const Globals& globals;
};

std::vector<NamedPath> own_paths(const std::vector<execute::State>& states,
                                 const std::string& name) {
  const auto meanings = service::meanings(states, name);
  return meanings.empty() ? std::vector<NamedPath>() : meanings.front().own_paths;
}

std::string connection_text(const decide::Controller& controller) {
  return fmt::format("{}  {}  {}", controller.device,
                     controller.is_discovery() ? "discovery"
                                               : base::escaped(controller.subsystem_nqn),
                     address_text(controller.endpoint));
}

// Why it is left alone; empty: it is not.
std::string objection(const Connection& connection) {
  const decide::Controller& controller = connection.controller;
  switch (connection.standing) {
  case Connection::Standing::ours:
  case Connection::Standing::wanted:
    return {};
  case Connection::Standing::others:
    return fmt::format("{} belongs to `{}`, which may connect it again: end it there",
                       controller.device, base::escaped(controller.owner.value_or("")));
  case Connection::Standing::unwanted:
    return fmt::format("{} is neither ours nor wanted by the policy, so that nothing needs to be "
                       "kept away: `nvme disconnect -d {}` ends it",
                       controller.device, controller.device);
  }
  return {};
}

// Paths that are not connected: kept away, and no longer tried. Returns the lines about them.
base::Result<std::string> keep_away(DisconnectWorld& world, const std::vector<NamedPath>& paths) {
  std::string text;
  execute::Command command;
  for (const NamedPath& one : paths) {
    const execute::PathRecord& path = *one.path;
    if (path.state == PathState::live || !path.tid.endpoint)
      continue;
    if (const auto kept =
            service::keep_away_by_command(world.planner, service::lost_event(path, *one.state));
        !kept)
      return tl::unexpected(kept.error());
    if (path.state != PathState::given_up || path.next_try)
      command.paths.push_back({.id = one.state->id, .key = plan::path_key(path.subject, path.tid)});
    text += former_path_text(path) + "  kept away\n";
  }
  if (command.paths.empty())
    return text;
  const base::SystemClock clock;
  const auto withdrawn = service::withdraw(
      {.files = world.files,
       .root = world.globals.root,
       .clock = clock,
       .pause = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }},
      command);
  if (!withdrawn)
    return tl::unexpected(withdrawn.error());
  return text;
}

// True if all of them are gone.
bool disconnect_all(DisconnectWorld& world, const std::vector<Connection>& connections) {
  bool done = true;
  for (const Connection& connection : connections) {
    std::string problem = objection(connection);
    if (problem.empty()) {
      const auto gone = service::disconnect(world.planner, world.port, connection);
      if (!gone)
        problem = fmt::format("{}: {}", connection.controller.device, gone.error().message);
    }
    if (problem.empty()) {
      print(connection_text(connection.controller) + "  disconnected, kept away\n");
    } else {
      complain(problem);
      done = false;
    }
  }
  return done;
}

ExitCode disconnect_named(DisconnectWorld& world, const std::vector<execute::State>& states,
                          const std::string& name) {
  const std::vector<NamedPath> paths = own_paths(states, name);
  // First, for what is being tried may become a connection meanwhile.
  const auto kept = keep_away(world, paths);
  if (!kept) {
    complain(kept.error().message);
    return ExitCode::failed;
  }
  print(*kept);
  const auto connections = service::named_connections(world.files, states, name, paths);
  if (connections.empty() && kept->empty()) {
    if (service::meanings(states, name).empty())
      complain_about_unknown_name(world.globals, states, name, {});
    else
      complain(fmt::format("no path of `{}` is connected or being tried", base::escaped(name)));
    return ExitCode::failed;
  }
  return disconnect_all(world, connections) ? ExitCode::done : ExitCode::failed;
}

ExitCode run_disconnect(const std::vector<std::string>& names, const Globals& globals) {
  if (names.empty())
    return usage_error(
        "disconnect",
        UsageError{"`PATH` is missing", "a subsystem NQN, an address, a target or a device"});
  if (globals.root.empty() && ::geteuid() != 0) {
    complain("`disconnect` ends connections, which only root may");
    return ExitCode::failed;
  }
  base::RealFileSystem files = host_files(globals);
  const auto read = service::read_all_states(files);
  if (!read) {
    complain("the state cannot be read: " + read.error().message);
    return ExitCode::failed;
  }
  for (const std::string& damaged : read->damaged)
    complain(damaged);
  if (const auto several = several_meanings(read->states, names))
    return usage_error("disconnect", *several);
  systemd::SystemdUnits units;
  systemd::HostJournal journal("nvmf-policy");
  DisconnectWorld world{.files = files,
                        .planner = {files, units, journal, globals.root},
                        .port = fabrics::KernelFabricsPort(globals.root),
                        .globals = globals};
  ExitCode code = read->damaged.empty() ? ExitCode::done : ExitCode::failed;
  for (const std::string& name : names)
    if (disconnect_named(world, read->states, name) != ExitCode::done)
      code = ExitCode::failed;
  if (code == ExitCode::done)
    complain("kept away until the policy changes, the host boots, or `nvmf-policy resume`");
  return code;
}

} // namespace

Runner declare_disconnect(Options& options) {
  auto names = std::make_shared<std::vector<std::string>>();
  options.arguments("PATH", "subsystem NQN, address, target, device or id", *names);
  return [names](const Globals& globals) { return run_disconnect(*names, globals); };
}

} // namespace nvmf::cli
