// `nvmf-policy event`: what the udev rule runs. Reads the event from the environment, writes the
// plan, nudges systemd, and leaves: no network, no waiting, whatever the size of the policy.
#include "analyze/reachability.hpp"
#include "base/confine.hpp"
#include "base/kernel_log.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "event/event_file.hpp"
#include "event/from_udev.hpp"
#include "host/gather.hpp"
#include "host/registry.hpp"
#include "host/removal.hpp"
#include "host/run_paths.hpp"
#include "load/last_good.hpp"
#include "load/load.hpp"
#include "load/trust.hpp"
#include "plan/target_of.hpp"
#include "service/gone_controller.hpp"
#include "service/planner.hpp"
#include "systemd/message_ids.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <unistd.h>
#include <vector>

namespace nvmf::cli {

namespace {

// udev handles no other event of the same device meanwhile. A manager that is busier than that has
// the path unit look after the request.
constexpr std::chrono::milliseconds start_budget{500};

using systemd::Priority;

// More policy than this is not read in udev's time, 10 ms: the executor decides.
constexpr std::uint64_t largest_policy = std::uint64_t{24} << 10U;

// A file is opened, read and judged, which takes as long as so many bytes of policy.
constexpr std::uint64_t bytes_per_file = 256;

// Of all policy files together, those included that another one shadows. Not all are counted once
// there are too many.
bool is_quickly_read(const base::FileSystem& files) {
  std::uint64_t total = 0;
  const auto add = [&](const std::string& path) {
    if (const auto status = files.status(path))
      total += status->size + bytes_per_file;
    return total <= largest_policy;
  };
  add(load::main_path);
  for (const std::string directory : load::drop_in_directories)
    if (const auto names = files.list(directory))
      for (const std::string& name : *names)
        if (!add(directory + '/' + name))
          return false;
  return total <= largest_policy;
}

// The event's own controller alone: to read a thousand of them takes more than udev's time, and the
// executor looks at all before it connects anything. Those of Fibre Channel show which of its ports
// see each other.
host::GatherRequest request_for(const policy::Policy& policy, const event::Event& event) {
  host::GatherRequest request{.policy = &policy, .network = host::GatherRequest::Network::unknown};
  if (event.endpoint.transport != base::Transport::fc)
    request.only_controller = event.device;
  return request;
}

// The plans of an event (several where it may be that of targets of several identities), undecided
// where deciding is not for the planner; none where no policy was ever written.
std::vector<plan::Plan> plans_of(const base::FileSystem& files, const event::Event& event) {
  if (!is_quickly_read(files))
    return {service::undecided_plan(files, event)};
  const load::Loaded loaded =
      load::load_policy(files, {}, {.proven_digest = load::last_good_digest(files)});
  if (!loaded.found_any && !files.exists(load::last_good_copy))
    return {};
  if (!loaded.policy || !load::distrusted(files, loaded).empty())
    return {service::undecided_plan(files, event)};
  const decide::Facts facts = host::gather(files, request_for(*loaded.policy, event));
  const std::vector<event::Event> events = plan::for_targets(*loaded.policy, facts, event);
  // It may be that of a target whose name nobody has resolved yet.
  if (events.front().target.empty() && !plan::unknown_names(*loaded.policy, facts).empty())
    return {service::undecided_plan(files, event)};
  std::vector<plan::Plan> plans;
  for (const event::Event& each : events)
    plans.push_back(service::plan_event(*loaded.policy, facts, each));
  return plans;
}

ExitCode plan_and_hand_over(const service::PlannerWorld& world, const event::Event& event) {
  const std::vector<plan::Plan> plans = plans_of(world.files, event);
  if (plans.empty()) {
    world.journal.write({.priority = Priority::debug,
                         .message_id = systemd::message::event_ignored,
                         .message = event::to_line(event) + ": there is no policy"});
    return ExitCode::done;
  }
  ExitCode code = ExitCode::done;
  for (const plan::Plan& plan : plans)
    if (const auto done = service::hand_over(world, plan); !done) {
      complain(done.error().message);
      code = ExitCode::failed;
    }
  return code;
}

// udev runs it with all that root may. It reads the policy and the kernel's log, of any owner,
// writes requests, and removes what was noted of a controller that is gone.
void give_up_the_rest(const Globals& globals) {
  base::confine({.capabilities = {CAP_DAC_READ_SEARCH, CAP_SYSLOG},
                 .writable = {globals.root + std::string(host::run_directory),
                              globals.root + std::string(host::registry_directory)}});
}

ExitCode run_event(const Globals& globals) {
  give_up_the_rest(globals);
  base::RealFileSystem files = host_files(globals);
  systemd::SystemdUnits units(start_budget);
  systemd::HostJournal journal("nvmf-policy");
  const service::PlannerWorld world{files, units, journal, globals.root};
  const event::Reading reading =
      event::checked_with_sysfs(event::from_udev(event::properties_of_environment(environ)), files);
  if (const auto* event = std::get_if<event::Event>(&reading))
    return plan_and_hand_over(world, *event);
  if (const auto* gone = std::get_if<event::ControllerGone>(&reading)) {
    const auto lost = service::forget_controller(
        world, *gone,
        {.removal = host::last_removal(base::KernelLog::from_start().history(), gone->device),
         .now = base::SystemClock().since_boot()});
    if (!lost)
      return ExitCode::done;
    const ExitCode code = plan_and_hand_over(world, lost->event);
    if (code == ExitCode::done)
      host::note_gone(files, gone->device, lost->incarnation);
    return code;
  }
  if (const auto* malformed = std::get_if<event::Malformed>(&reading)) {
    journal.write({.priority = Priority::warning,
                   .message_id = systemd::message::event_malformed,
                   .message = fmt::format("the event cannot be used: {} {}", malformed->field,
                                          malformed->problem),
                   .fields = {{"NVMF_FIELD", malformed->field}}});
    return ExitCode::done;
  }
  journal.write({.priority = Priority::debug,
                 .message_id = systemd::message::event_ignored,
                 .message = fmt::format("the event triggers nothing: {}",
                                        std::get<event::MustNotTrigger>(reading).why)});
  return ExitCode::done;
}

} // namespace

Runner declare_event(Options& /*options*/) { return run_event; }

} // namespace nvmf::cli
