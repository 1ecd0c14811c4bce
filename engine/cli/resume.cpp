// `nvmf-policy resume`: tries again what was stopped, disconnected by hand, or given up.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/named_path_text.hpp"
#include "cli/names_text.hpp"
#include "cli/resumed_text.hpp"
#include "cli/terminal.hpp"
#include "cli/unknown_name.hpp"
#include "cli/usage.hpp"
#include "event/event_file.hpp"
#include "host/hand_over.hpp"
#include "host/kept_away.hpp"
#include "service/named_paths.hpp"
#include "service/planner.hpp"
#include "service/resumable.hpp"
#include "service/sweep_choice.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct ResumeRequest {
  std::vector<std::string> names;
  bool all = false;
};

// The states that may be resumed, and whether all of them could be read.
struct Known {
  std::vector<execute::State> states;
  bool is_whole = true;

  // Something is there that cannot be used; says so.
  void miss(std::string_view why) {
    complain(why);
    is_whole = false;
  }
};

bool has_name(const event::Event& event, const std::string& name) {
  return !name.empty() && (event.subsystem_nqn == name || event.target == name ||
                           (event.endpoint.traddr && event.endpoint.traddr->to_string() == name));
}

// The paths that an administrator had disconnected by hand, and that are named now.
base::Result<std::vector<event::Event>> kept_away_of(base::FileSystem& files,
                                                     const ResumeRequest& request, Known& known) {
  auto all = host::KeptAway(files).read_all();
  if (!all)
    return tl::unexpected(all.error());
  for (const std::string& damaged : all->damaged)
    known.miss(damaged);
  std::vector<event::Event> chosen;
  for (event::Event& event : all->events)
    if (request.all || std::any_of(request.names.begin(), request.names.end(),
                                   [&](const std::string& name) { return has_name(event, name); }))
      chosen.push_back(std::move(event));
  return chosen;
}

// Says which of the names nothing has.
bool are_known(const Globals& globals, const std::vector<execute::State>& states,
               const std::vector<event::Event>& kept_away, const std::vector<std::string>& names) {
  bool known = true;
  for (const std::string& name : names) {
    const bool is_kept_away =
        std::any_of(kept_away.begin(), kept_away.end(),
                    [&](const event::Event& event) { return has_name(event, name); });
    if (is_kept_away || !service::meanings(states, name).empty())
      continue;
    complain_about_unknown_name(globals, states, name, "nvmf-policy sweep");
    known = false;
  }
  return known;
}

ExitCode release(const service::PlannerWorld& world, const Globals& globals,
                 const policy::Policy& policy, const std::vector<event::Event>& events) {
  host::KeptAway kept_away(world.files);
  const decide::Facts facts = events.empty() ? decide::Facts() : host_facts(globals, policy);
  for (const event::Event& event : events) {
    const auto released = kept_away.release(event);
    const auto done =
        released ? service::hand_over(world, service::plan_event(policy, facts, event)) : released;
    if (!done) {
      complain(done.error().message);
      return ExitCode::failed;
    }
    print(event::to_line(event) + "  asked for\n");
  }
  return ExitCode::done;
}

ExitCode resume(const service::PlannerWorld& world, const Globals& globals,
                const policy::Policy& policy, const std::vector<execute::State>& states) {
  const decide::Facts facts = host_facts(globals, policy);
  ExitCode code = ExitCode::done;
  for (const execute::State& state : states) {
    const plan::Plan plan = service::plan_event(policy, facts, state.plan.event);
    const auto done = service::hand_over(world, plan);
    if (!done) {
      complain(done.error().message);
      code = ExitCode::failed;
    } else if (service::is_wanted(plan)) {
      print(resumed_text(state));
    } else {
      print(fmt::format("{}  not wanted by the policy any more\n", event_text(state.plan.event)));
    }
  }
  return code;
}

// The states, and what was set aside after too many starts: of that there need be no state.
base::Result<Known> states_and_set_aside(base::FileSystem& files) {
  Known known;
  auto read = service::read_all_states(files);
  if (!read)
    return tl::unexpected(read.error());
  for (const std::string& damaged : read->damaged)
    known.miss(damaged);
  std::vector<execute::State>& states = known.states;
  states = std::move(read->states);
  const host::HandOver hand_over(files);
  const auto failed = hand_over.failed();
  if (!failed)
    return tl::unexpected(failed.error());
  for (const host::RequestName& name : *failed) {
    const auto same = std::find_if(states.begin(), states.end(), [&](const execute::State& state) {
      return state.id == name.id;
    });
    if (same != states.end()) {
      same->phase = execute::Phase::failed;
      continue;
    }
    auto plan = hand_over.read_failed(name);
    if (!plan)
      known.miss(plan.error().message);
    else if (*plan)
      states.push_back({.id = name.id, .phase = execute::Phase::failed, .plan = std::move(**plan)});
  }
  return known;
}

ExitCode run_resume(const ResumeRequest& request, const Globals& globals) {
  if (!request.all && request.names.empty())
    return usage_error("resume", UsageError{"`PATH` or `--all` is missing",
                                            "a subsystem NQN, an address, a target or a device"});
  base::RealFileSystem files = host_files(globals);
  auto known = states_and_set_aside(files);
  if (known)
    if (const auto several = several_meanings(known->states, request.names))
      return usage_error("resume", *several);
  const auto kept = known ? kept_away_of(files, request, *known)
                          : base::Result<std::vector<event::Event>>(tl::unexpected(known.error()));
  if (!kept) {
    complain("the state cannot be read: " + kept.error().message);
    return ExitCode::failed;
  }
  const std::vector<event::Event>& kept_away = *kept;
  const std::vector<execute::State> chosen = request.all
                                                 ? service::resumable(known->states)
                                                 : service::called(known->states, request.names);
  const bool is_whole =
      are_known(globals, known->states, kept_away, request.names) && known->is_whole;
  if (chosen.empty() && kept_away.empty()) {
    if (request.all)
      complain("there is nothing to resume");
    return is_whole ? ExitCode::done : ExitCode::failed;
  }
  systemd::SystemdUnits units;
  systemd::HostJournal journal("nvmf-policy");
  const service::PlannerWorld world{files, units, journal, globals.root};
  const auto policy = service::policy_for_services(world);
  if (!policy) {
    complain("there is no policy in force");
    return ExitCode::failed;
  }
  const ExitCode released = release(world, globals, *policy, kept_away);
  const ExitCode resumed = resume(world, globals, *policy, chosen);
  const ExitCode code = resumed == ExitCode::done ? released : resumed;
  return code == ExitCode::done && !is_whole ? ExitCode::failed : code;
}

} // namespace

Runner declare_resume(Options& options) {
  auto request = std::make_shared<ResumeRequest>();
  const auto names =
      options.arguments("PATH", "subsystem NQN, address, target, device or id", request->names);
  Options::exclude_each_other(
      {names, options.flag("--all", "everything that was stopped or given up", request->all)});
  return [request](const Globals& globals) { return run_resume(*request, globals); };
}

} // namespace nvmf::cli
