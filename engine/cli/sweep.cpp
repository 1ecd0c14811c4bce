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

// A claimed request whose executor ended for good (no fabrics device then, no permission, a signal
// from somebody else) has no one else to start it. A start of one that runs is nothing; starts
// without progress are counted, and the request is set aside in the end.
void start_claimed(const host::HandOver& hand_over, systemd::UnitStarter& units) {
  const auto claimed = hand_over.running();
  if (!claimed)
    return;
  for (const std::string& id : *claimed)
    if (const auto done = units.start(host::connect_unit(id)); !done)
      complain(done.error().message);
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
  const host::HandOver requests(files);
  const std::set<std::string> asked_for = ids_with_request(requests);
  start_claimed(requests, units);
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
