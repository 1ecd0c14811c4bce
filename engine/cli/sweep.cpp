// `nvmf-policy sweep`: what the timer and a policy change run. Plans what no executor has looked at
// yet: what a killed planner, an overflown event queue or the switch from the initramfs lost.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/planner.hpp"
#include "cli/sweep_choice.hpp"
#include "cli/terminal.hpp"
#include "host/hand_over.hpp"
#include "plan/endpoints.hpp"

#include <set>

namespace nvmf::cli {

namespace {

std::set<std::string> ids_with_request(const host::HandOver& hand_over) {
  std::set<std::string> ids;
  for (const auto& list : {hand_over.waiting(), hand_over.running()})
    if (list)
      ids.insert(list->begin(), list->end());
  return ids;
}

ExitCode run_sweep(const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  systemd::SystemdUnits units;
  systemd::HostJournal journal("nvmf-policy");
  const PlannerWorld world{files, units, journal};
  const auto policy = policy_for_services(world);
  if (!policy)
    return ExitCode::done;
  const decide::Facts facts = host_facts(globals, *policy);
  const std::set<std::string> asked_for = ids_with_request(host::HandOver(files));
  const std::vector<execute::State> states = read_states(files);
  ExitCode code = ExitCode::done;
  for (const event::Event& event : plan::all_events(*policy, facts)) {
    const plan::Plan plan = plan_event(*policy, facts, event);
    if (!is_wanted(plan) || asked_for.contains(plan.id) || was_looked_at(plan, states))
      continue;
    if (const auto done = hand_over(world, plan); !done) {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  }
  return code;
}

} // namespace

Runner declare_sweep(Options& /*options*/) { return run_sweep; }

} // namespace nvmf::cli
