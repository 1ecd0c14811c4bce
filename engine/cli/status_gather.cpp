#include "analyze/reachability.hpp"
#include "cli/host_check.hpp"
#include "cli/status_report.hpp"
#include "cli/sweep_choice.hpp"
#include "host/controllers.hpp"
#include "host/hand_over.hpp"
#include "host/registry.hpp"
#include "plan/same_path.hpp"

#include <algorithm>
#include <set>

namespace nvmf::cli {

namespace {

using execute::PathRecord;
using execute::PathState;

// A path that several sources list counts once.
std::string path_key(const plan::Tid& tid) {
  const auto text = [](const std::optional<base::Traddr>& address) {
    return address ? address->to_string() : std::string();
  };
  return text(tid.traddr) + ' ' + std::to_string(tid.trsvcid.value_or(0)) + ' ' +
         text(tid.host_traddr) + ' ' + tid.host_iface;
}

struct Gathered {
  std::map<std::string, bool> paths; // path → live
  std::optional<std::uint32_t> expected;
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
      subsystem.paths[path_key(path.tid)] |= path.state == PathState::live;
      if (path.expect_paths)
        subsystem.expected = std::max(subsystem.expected.value_or(0), *path.expect_paths);
    }
  }
  std::vector<SubsystemPaths> all;
  for (const auto& [nqn, subsystem] : by_nqn) {
    const auto live = std::count_if(subsystem.paths.begin(), subsystem.paths.end(),
                                    [](const auto& path) { return path.second; });
    all.push_back({.nqn = nqn,
                   .live = static_cast<std::size_t>(live),
                   .wanted = subsystem.paths.size(),
                   .expected = subsystem.expected});
  }
  return all;
}

// An executor that has ended does not see what became of its paths: sysfs does.
void compare_with(const std::vector<decide::Controller>& controllers, execute::State& state) {
  const decide::Facts facts{.controllers = controllers};
  for (PathRecord& path : state.paths) {
    // A discovery controller that was not kept is live without a device.
    if (path.state != PathState::live || path.device.empty())
      continue;
    const decide::Controller* const found = plan::connected_as(path.tid, facts);
    if (found) {
      path.device = found->device;
    } else {
      path.state = PathState::pending;
      path.reason = path.device + " is gone";
      path.device.clear();
    }
  }
}

// Ours, and no state knows it: its source is gone, or lists it no more.
std::vector<decide::Controller> unlisted(const std::vector<decide::Controller>& controllers,
                                         const std::vector<execute::State>& states) {
  std::set<std::string> known;
  for (const execute::State& state : states)
    for (const PathRecord& path : state.paths)
      known.insert(path.device);
  std::vector<decide::Controller> found;
  for (const decide::Controller& controller : controllers)
    if (controller.owner == host::registry_owner && controller.type == decide::ControllerType::io &&
        !known.contains(controller.device))
      found.push_back(controller);
  return found;
}

void gather_policy(StatusReport& report, const base::FileSystem& files) {
  const policy::InForce in_force = policy::load_in_force(
      files, policy::LastGoodPlace::run_then_var, {.find_impossible = analyze::find_impossible});
  // A host without any policy is as its administrator left it.
  if (in_force.current.found_any || in_force.fallback)
    report.policy_problem = in_force.why;
  if (!in_force.policy)
    return;
  if (in_force.fallback)
    report.last_good_stored = in_force.fallback->stored_at;
  report.policy_digest = in_force.policy->digest;
  report.policy_files = in_force.policy->files.size();
}

} // namespace

bool StatusReport::degraded() const {
  return !policy_problem.empty() || !failed.empty() ||
         std::any_of(subsystems.begin(), subsystems.end(),
                     [](const SubsystemPaths& one) { return one.degraded(); });
}

StatusReport gather_status(base::FileSystem& files, const base::Clock& clock) {
  StatusReport report{.now = clock.since_boot()};
  gather_policy(report, files);
  report.in_charge = files.exists(std::string(host::in_charge_flag));
  const std::vector<decide::Controller> controllers = host::read_controllers(files);
  report.states = read_states(files);
  for (execute::State& state : report.states)
    compare_with(controllers, state);
  report.subsystems = subsystems_of(report.states);
  report.unlisted = unlisted(controllers, report.states);
  report.orchestrators = other_orchestrators(files);
  const host::HandOver hand_over(files);
  report.waiting = hand_over.waiting().value_or(std::vector<std::string>{});
  report.failed = hand_over.failed().value_or(std::vector<std::string>{});
  return report;
}

} // namespace nvmf::cli
