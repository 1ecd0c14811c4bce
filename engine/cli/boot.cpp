// `nvmf-policy boot`: what the boot unit runs. Plans the targets and what udev missed, then waits
// for what the policy says that boot needs. Never fails boot.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "plan/endpoints.hpp"
#include "service/planner.hpp"
#include "service/required_paths.hpp"
#include "systemd/message_ids.hpp"
#include "systemd/notify.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using systemd::Priority;

ExitCode plan_all(const service::PlannerWorld& world, const Globals& globals,
                  const policy::Policy& policy) {
  const decide::Facts facts = host_facts(globals, policy);
  for (const std::string& problem : facts.nbft_problems)
    world.journal.write({.priority = Priority::warning,
                         .message_id = systemd::message::firmware_table_broken,
                         .message = problem});
  ExitCode code = ExitCode::done;
  for (const event::Event& event : plan::all_events(policy, facts))
    if (const auto done = service::hand_over(world, service::plan_event(policy, facts, event));
        !done) {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  return code;
}

ExitCode wait_for_required(const service::PlannerWorld& world, const policy::BootWait& required) {
  systemd::notify_status("waiting for the paths that boot needs");
  const auto missing = service::wait_until_live(world.files, required, base::SystemClock());
  if (missing.empty())
    return ExitCode::done;
  std::string names;
  for (const std::string& one : missing)
    names += (names.empty() ? "" : ", ") + one;
  world.journal.write({.priority = Priority::error,
                       .message_id = systemd::message::boot_incomplete,
                       .message = fmt::format("after {} still missing: {}",
                                              base::format_duration(required.timeout), names)});
  return ExitCode::answer_is_no;
}

ExitCode run_boot(const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  systemd::SystemdUnits units;
  systemd::HostJournal journal("nvmf-policy");
  const service::PlannerWorld world{files, units, journal, globals.root};
  const auto policy = service::policy_for_services(world);
  if (!policy)
    return ExitCode::done;
  const ExitCode code = plan_all(world, globals, *policy);
  if (code != ExitCode::done || policy->boot.wait_for.empty())
    return code;
  return wait_for_required(world, policy->boot);
}

} // namespace

Runner declare_boot(Options& /*options*/) { return run_boot; }

} // namespace nvmf::cli
