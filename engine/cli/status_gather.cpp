#include "analyze/reachability.hpp"
#include "cli/status_compare.hpp"
#include "cli/status_report.hpp"
#include "event/sysfs_device.hpp"
#include "host/controllers.hpp"
#include "host/hand_over.hpp"
#include "host/neighbours.hpp"
#include "host/registry.hpp"
#include "service/sweep_choice.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <regex>
#include <set>

namespace nvmf::cli {

namespace {

using execute::PathRecord;
using execute::PathState;
using execute::State;

struct Gathered {
  std::set<std::string> live; // devices: sources may name one by different host sides
  std::set<std::string> live_paths;
  std::set<std::string> paths;
  std::optional<std::uint32_t> expected;

  std::size_t wanted() const { return live.size() + paths.size() - live_paths.size(); }
};

std::vector<SubsystemPaths> subsystems_of(const std::vector<execute::State>& states) {
  std::map<std::string, Gathered> by_nqn;
  for (const execute::State& state : states) {
    if (state.phase == execute::Phase::cancelled)
      continue;
    for (const PathRecord& path : state.paths) {
      if (path.subject != base::Subject::io_subsystem)
        continue;
      Gathered& subsystem = by_nqn[path.tid.subsystem_nqn];
      // Nobody counts on a path that the firmware did not reach either.
      if (path.was_unavailable && path.state != PathState::live)
        continue;
      // A path that several sources list counts once.
      const std::string key = path.tid.endpoint ? path.tid.endpoint->key() : std::string();
      subsystem.paths.insert(key);
      if (path.state == PathState::live) {
        subsystem.live.insert(path.device);
        subsystem.live_paths.insert(key);
      }
      if (path.expect_paths)
        subsystem.expected = std::max(subsystem.expected.value_or(0), *path.expect_paths);
    }
  }
  std::vector<SubsystemPaths> all;
  for (const auto& [nqn, subsystem] : by_nqn)
    all.push_back({.nqn = nqn,
                   .live = subsystem.live.size(),
                   .wanted = subsystem.wanted(),
                   .expected = subsystem.expected});
  return all;
}

// Ours, and no state knows it: its source is gone, or lists it no more. An entry that a source
// lists and the policy does not want (any more) has no path, and is known all the same.
std::vector<decide::Controller> unlisted(const std::vector<decide::Controller>& controllers,
                                         const std::vector<execute::State>& states) {
  std::set<std::string> known;
  for (const execute::State& state : states) {
    for (const PathRecord& path : state.paths)
      known.insert(path.device);
    for (const plan::Item& item : state.plan.items)
      known.insert(item.device);
  }
  std::vector<decide::Controller> found;
  for (const decide::Controller& controller : controllers)
    if (controller.owner == host::registry_owner && controller.is_io() &&
        !known.contains(controller.device))
      found.push_back(controller);
  return found;
}

// A discovery controller that is not reached hides what it would list.
bool is_out_of_reach(const PathRecord& path) {
  return path.subject == base::Subject::discovery_controller && path.state != PathState::live &&
         path.state != PathState::probing;
}

bool has_degraded_path(const execute::State& state) {
  if (state.phase == execute::Phase::cancelled)
    return false;
  return state.phase == execute::Phase::failed ||
         std::any_of(state.paths.begin(), state.paths.end(), is_out_of_reach);
}

// Kept away under the policy in force.
std::vector<event::Event> in_force(const PresentHost& host, std::vector<event::Event> all) {
  std::erase_if(all, [&](const event::Event& event) {
    return !host.kept_away.holds({.subject = event.subject, .tid = host::kept_away_tid(event)},
                                 host.policy_digest);
  });
  return all;
}

// Those of which no state has the path.
std::vector<event::Event> without_a_path(std::vector<event::Event> kept_away,
                                         const std::vector<execute::State>& states) {
  std::erase_if(kept_away, [&](const event::Event& event) {
    const std::string mark = host::kept_away_path(host::kept_away_tid(event), event.subject);
    return std::any_of(states.begin(), states.end(), [&](const auto& state) {
      return std::any_of(state.paths.begin(), state.paths.end(), [&](const PathRecord& path) {
        return path.reason == host::kept_away_reason &&
               host::kept_away_path(path.tid, path.subject) == mark;
      });
    });
  });
  return kept_away;
}

// When the youngest of the files was written.
std::optional<std::chrono::system_clock::time_point> last_change(const base::FileSystem& files,
                                                                 const load::Loaded& loaded) {
  std::optional<std::chrono::system_clock::time_point> last;
  for (const diag::SourcePtr& source : loaded.sources)
    if (const auto status = files.status(source->path);
        status && (!last || *last < status->modified))
      last = status->modified;
  return last;
}

void gather_policy(StatusReport& report, const base::FileSystem& files) {
  const load::InForce in_force = load::load_in_force(files, load::LastGoodPlace::run_then_var);
  // A host without any policy is as its administrator left it.
  if (in_force.current.found_any || in_force.fallback)
    report.policy_problem = in_force.why;
  if (!in_force.policy)
    return;
  if (in_force.fallback)
    report.last_good_stored = in_force.fallback->stored_at;
  else
    report.policy_changed = last_change(files, in_force.current);
  report.policy_digest = in_force.policy->digest;
  report.policy_files = in_force.policy->files.size();
}

// `nvme3n1` of a controller's directory, and `nvme2c3n1`, the path of the subsystem's `nvme2n1`
// (drivers/nvme/host/multipath.c, nvme_mpath_set_disk_name).
std::optional<std::string> block_device(const std::string& name) {
  static const std::regex form("(nvme[0-9]{1,9})(c[0-9]{1,9})?(n[0-9]{1,9})");
  std::smatch parts;
  if (!std::regex_match(name, parts, form))
    return std::nullopt;
  return "/dev/" + parts[1].str() + parts[3].str();
}

std::string options_text(const decide::Controller& controller) {
  std::string text;
  for (const auto& [id, value] : controller.connect)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", base::connect_option(id).name,
                        base::to_policy_text(id, value));
  return text;
}

Wiring wiring_of(const base::FileSystem& files, const decide::Controller& controller,
                 const std::vector<decide::Interface>& interfaces) {
  const base::Endpoint& endpoint = controller.endpoint;
  const std::optional<base::Traddr>& source =
      endpoint.host_traddr ? endpoint.host_traddr : controller.src_addr;
  Wiring wiring{.interface = endpoint.host_iface,
                .source = to_text(source),
                .options = options_text(controller)};
  for (const decide::Interface& one : interfaces)
    for (const decide::InterfaceAddress& address : one.addresses)
      if (wiring.interface.empty() && source && source->ip() &&
          base::Traddr(address.address).same_as(*source))
        wiring.interface = one.name;
  const auto entries =
      files.list(std::string(event::nvme_class_directory) + '/' + controller.device);
  for (const std::string& name : entries.value_or(std::vector<std::string>()))
    if (auto device = block_device(name))
      wiring.namespaces.push_back(std::move(*device));
  return wiring;
}

bool is_about(const base::Glob& glob, base::Subject subject, const std::string& nqn) {
  return subject == base::Subject::io_subsystem && glob.matches(nqn);
}

} // namespace

bool StatusReport::degraded() const {
  return !policy_problem.empty() || !failed.empty() || !damaged.empty() ||
         std::any_of(states.begin(), states.end(), has_degraded_path) ||
         std::any_of(subsystems.begin(), subsystems.end(),
                     [](const SubsystemPaths& one) { return one.degraded(); });
}

void keep_only(StatusReport& report, const base::Glob& glob) {
  for (State& state : report.states) {
    for (plan::Item& item : state.plan.items)
      if (!is_about(glob, item.subject, item.tid.subsystem_nqn))
        item.outcome = decide::Outcome::ignored;
    std::erase_if(state.paths, [&](const PathRecord& path) {
      const bool is_reached = path.state == PathState::live;
      return path.subject == base::Subject::io_subsystem ? !glob.matches(path.tid.subsystem_nqn)
                                                         : is_reached;
    });
  }
  std::erase_if(report.states, [](const State& state) {
    return state.paths.empty() && unconnected_items(state).empty() &&
           state.phase != execute::Phase::failed;
  });
  std::erase_if(report.subsystems, [&](const auto& one) { return !glob.matches(one.nqn); });
  std::erase_if(report.kept_away,
                [&](const auto& one) { return !glob.matches(one.subsystem_nqn); });
  std::erase_if(report.unlisted, [&](const auto& one) { return !glob.matches(one.subsystem_nqn); });
}

base::Result<StatusReport> gather_status(base::FileSystem& files, const base::Clock& clock,
                                         const std::vector<decide::Interface>& interfaces) {
  StatusReport report{.now = clock.since_boot()};
  gather_policy(report, files);
  report.in_charge = files.exists(std::string(host::in_charge_flag));
  const std::vector<decide::Controller> controllers = host::read_controllers(files);
  auto states = service::read_all_states(files, execute::Items::told);
  if (!states)
    return tl::unexpected(states.error());
  report.states = std::move(states->states);
  report.damaged = std::move(states->damaged);
  for (const decide::Controller& controller : controllers)
    report.wiring.emplace(controller.device, wiring_of(files, controller, interfaces));
  const host::KeptAway kept_away(files);
  const PresentHost present{controllers, kept_away, report.policy_digest};
  for (execute::State& state : report.states)
    compare_with(present, state);
  auto kept = kept_away.read_all();
  if (!kept)
    return tl::unexpected(kept.error());
  report.damaged.insert(report.damaged.end(), kept->damaged.begin(), kept->damaged.end());
  report.all_kept_away = in_force(present, std::move(kept->events));
  report.kept_away = without_a_path(report.all_kept_away, report.states);
  report.subsystems = subsystems_of(report.states);
  report.unlisted = unlisted(controllers, report.states);
  report.orchestrators = host::active_orchestrators(files);
  report.foreign_connects = host::foreign_connects(files);
  const host::HandOver hand_over(files);
  auto waiting = hand_over.waiting();
  auto failed = hand_over.failed();
  if (!waiting || !failed)
    return tl::unexpected(waiting ? failed.error() : waiting.error());
  const auto list_of = [](const std::set<std::string>& ids) {
    return std::vector<std::string>(ids.begin(), ids.end());
  };
  report.waiting = list_of(host::ids_of(*waiting));
  report.failed = list_of(host::ids_of(*failed));
  return report;
}

} // namespace nvmf::cli
