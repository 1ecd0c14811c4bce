// `nvmf-policy sweep`: what the timer and a policy change run. Plans what no executor has looked at
// yet: what a killed planner, an overflown event queue or the switch from the initramfs lost.
#include "base/kernel_log.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "event/from_target.hpp"
#include "execute/crash_mark.hpp"
#include "execute/file_lock.hpp"
#include "execute/obsolete.hpp"
#include "fabrics/fabrics_port.hpp"
#include "host/controllers.hpp"
#include "host/hand_over.hpp"
#include "host/kept_away.hpp"
#include "host/removal.hpp"
#include "host/request_name.hpp"
#include "host/route.hpp"
#include "plan/endpoints.hpp"
#include "service/gone_controller.hpp"
#include "service/log_generations.hpp"
#include "service/planner.hpp"
#include "service/sweep_choice.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace nvmf::cli {

namespace {

// All that a sweep looks at, as it was at its beginning.
struct Scene {
  const service::PlannerWorld& world;
  const policy::Policy& policy;
  const decide::Facts& facts;
  const std::vector<execute::State>& states;
};

// No writer takes that long.
constexpr std::chrono::minutes unfinished_age{2};

// Those that were given up after three crashes wait for an event or a policy of their own.
std::set<std::string> ids_with_request(const host::HandOver& hand_over) {
  std::set<std::string> ids;
  for (const auto& list : {hand_over.waiting(), hand_over.running(), hand_over.failed()})
    if (list)
      ids.merge(host::ids_of(*list));
  return ids;
}

// The executor did not crash at it, as far as anybody knows.
bool failed_otherwise(const std::vector<execute::State>& states, const std::string& id) {
  return std::any_of(states.begin(), states.end(), [&id](const execute::State& state) {
    return state.id == id && state.phase == execute::Phase::failed &&
           !state.why.starts_with(execute::crash_reason);
  });
}

// A request that was given up is repeated under another policy, and, unless it crashed the
// executor, at each sweep. One of an earlier version of this program is decided anew; a file that
// is not a request keeps nothing from being planned.
ExitCode look_again_at_failed(const Scene& scene, std::set<std::string>& asked_for) {
  const auto& [world, policy, facts, states] = scene;
  host::HandOver requests(world.files);
  ExitCode code = ExitCode::done;
  const auto failed = requests.failed();
  for (const host::RequestName& name : failed ? *failed : std::vector<host::RequestName>()) {
    base::Result<void> done;
    if (const auto plan = requests.read_failed(name); plan && *plan) {
      const std::string& digest = (*plan)->policy.digest;
      const bool is_other = !digest.empty() && digest != policy.digest;
      if (is_other || failed_otherwise(states, name.id))
        done = requests.ask_again(name);
    } else if (!plan) {
      asked_for.erase(name.id);
      if (const auto event = requests.event_of_failed(name); event && *event) {
        done = service::hand_over(world, service::plan_event(policy, facts, **event));
        if (done)
          done = requests.forget_failed(name);
      }
    }
    if (!done) {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  }
  return code;
}

// A claimed request whose executor was ended by somebody has no one else to start it, and one that
// waits has only the path unit, which somebody may have stopped. A start of one that runs is
// nothing.
void start_asked_for(const base::FileSystem& files, const host::HandOver& hand_over,
                     systemd::UnitStarter& units) {
  const auto running = hand_over.running();
  const auto waiting = hand_over.waiting();
  const bool is_asked_for = (running && !running->empty()) || (waiting && !waiting->empty());
  if (!is_asked_for)
    return;
  if (const auto done = service::start_executor(files, units); !done)
    complain(done.error().message);
}

// Plans whose log was read, and the generation that it had then.
struct ReadBefore {
  plan::Plan plan;
  std::uint64_t generation = 0;
};

// The log went on, and the request for it came to nothing: the controller sends no further event
// until it is read.
std::vector<plan::Plan> with_unread_log(std::vector<ReadBefore> read, const std::string& root) {
  std::vector<std::string> devices;
  for (const ReadBefore& one : read)
    devices.push_back(service::serving_device(one.plan));
  fabrics::KernelFabricsPort port(root);
  const auto now = service::read_generations(port, devices);
  std::vector<plan::Plan> plans;
  for (ReadBefore& one : read)
    if (const auto found = now.find(service::serving_device(one.plan));
        found != now.end() && found->second != one.generation)
      plans.push_back(std::move(one.plan));
  return plans;
}

// It waits for another route: an executor that was started since does not know of it.
bool was_left_to_routes(const Scene& scene, const plan::Plan& plan) {
  const plan::AskRouting routing =
      scene.world.root.empty() ? host::routed_side : plan::AskRouting();
  return std::any_of(scene.states.begin(), scene.states.end(), [&](const execute::State& state) {
    return state.id == plan.id && state.phase != execute::Phase::cancelled &&
           service::awaits_route(scene.policy, scene.facts, routing, state);
  });
}

// A path that the kernel gave up is planned again, one that a user disconnected is kept away.
ExitCode deal_with_unnoticed(const Scene& scene) {
  const auto& [world, policy, facts, states] = scene;
  const auto all = service::unnoticed(world.files, states);
  const auto log = all.empty() ? base::KernelHistory() : base::KernelLog::from_start().history();
  ExitCode code = ExitCode::done;
  for (const event::ControllerGone& gone : all) {
    const auto lost = service::forget_one_of_many(
        world, gone,
        {.removal = host::last_removal(log, gone.device), .now = base::SystemClock().since_boot()},
        {.states = states, .policy_digest = [&scene] { return scene.policy.digest; }});
    if (!lost)
      continue;
    if (const auto done =
            service::hand_over(world, service::plan_event(policy, facts, lost->event));
        done) {
      host::note_gone(world.files, gone.device, lost->incarnation);
    } else {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  }
  return code;
}

// Kept away, and the device that they were connected over went after them: they were lost.
ExitCode plan_lost_after_all(const service::PlannerWorld& world, const policy::Policy& policy,
                             const decide::Facts& facts) {
  host::KeptAway kept_away(world.files);
  kept_away.forget_doubts(base::SystemClock().since_boot());
  ExitCode code = ExitCode::done;
  for (const event::Event& event : kept_away.lost_after_all()) {
    auto done = service::hand_over(world, service::plan_event(policy, facts, event));
    if (done)
      done = kept_away.release(event);
    if (!done) {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  }
  return code;
}

// A name may have other addresses by now. The connection service asks the host's resolver, and
// plans for those that are new.
ExitCode ask_names_again(const service::PlannerWorld& world, const policy::Policy& policy,
                         const decide::Facts& facts, const std::set<std::string>& asked_for) {
  ExitCode code = ExitCode::done;
  for (const policy::Target& target : policy.targets)
    for (const event::Event& event : event::from_target(target)) {
      if (event.host_name.empty() || !facts.names.contains(event.host_name))
        continue;
      const plan::Plan plan = service::undecided_plan(world.files, event);
      if (asked_for.contains(plan.id))
        continue;
      if (const auto done = service::hand_over(world, plan); !done) {
        complain(done.error().message);
        code = ExitCode::failed;
      }
    }
  return code;
}

// An executor that runs does that itself.
void remove_obsolete(const service::PlannerWorld& world, const policy::Policy& policy,
                     const decide::Facts& facts) {
  const auto lock = execute::FileLock::attempt(world.root + std::string(host::executor_lock));
  if (!lock || !*lock)
    return;
  const base::SystemClock clock;
  execute::remove_obsolete_states(world.files, {.policy = policy, .facts = facts, .clock = clock},
                                  [](const std::string&) { return false; });
  execute::remove_obsolete_marks(world.files, policy, clock);
}

// One look at everything that is present, by this policy.
ExitCode sweep_by(const policy::Policy& policy, const service::PlannerWorld& world,
                  const Globals& globals) {
  const decide::Facts facts = host_facts(globals, policy);
  const host::HandOver requests(world.files);
  std::set<std::string> asked_for = ids_with_request(requests);
  const std::vector<execute::State> states = service::read_states(world.files);
  const Scene scene{world, policy, facts, states};
  ExitCode code = look_again_at_failed(scene, asked_for);
  host::HandOver(world.files).sweep_unfinished(std::chrono::system_clock::now() - unfinished_age);
  start_asked_for(world.files, requests, world.units);
  for (const ExitCode one : {plan_lost_after_all(world, policy, facts), deal_with_unnoticed(scene),
                             ask_names_again(world, policy, facts, asked_for)})
    if (one != ExitCode::done)
      code = one;
  std::vector<ReadBefore> read_before;
  const auto ask = [&](const plan::Plan& plan) {
    if (const auto done = service::hand_over(world, plan); !done) {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  };
  for (const event::Event& event : plan::all_events(policy, facts)) {
    const plan::Plan plan =
        service::with_noted_id(world.files, service::plan_event(policy, facts, event));
    const bool is_asked_for = asked_for.contains(plan.id);
    if (is_asked_for || (!service::is_wanted(plan) && !service::is_adopted(plan)))
      continue;
    const std::uint64_t present = host::incarnation_of(world.files, service::serving_device(plan));
    if (!service::was_looked_at(plan, states, present) || was_left_to_routes(scene, plan))
      ask(plan);
    else if (const auto generation = service::known_generation(plan, states))
      read_before.push_back({.plan = plan, .generation = *generation});
  }
  for (const plan::Plan& plan : with_unread_log(std::move(read_before), globals.root))
    ask(plan);
  remove_obsolete(world, policy, facts);
  return code;
}

ExitCode run_sweep(const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  systemd::SystemdUnits units;
  systemd::HostJournal journal("nvmf-policy");
  const service::PlannerWorld world{files, units, journal, globals.root};
  for (;;) {
    const auto policy = service::policy_for_services(world);
    if (!policy)
      return ExitCode::done;
    const ExitCode code = sweep_by(*policy, world, globals);
    // A change while this runs starts no second run: systemd takes the one for the other.
    if (service::is_in_force(files, *policy))
      return code;
  }
}

} // namespace

Runner declare_sweep(Options& /*options*/) { return run_sweep; }

} // namespace nvmf::cli
