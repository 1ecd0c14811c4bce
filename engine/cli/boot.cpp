// `nvmf-policy boot`: what the boot unit runs. Plans the targets and what udev missed, then waits
// for what the policy says that boot needs. Never fails boot. With `--foreground` it also carries
// the plans out, without a service manager: in an initramfs.
#include "cli/commands.hpp"
#include "cli/executor_process.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "host/hand_over.hpp"
#include "plan/endpoints.hpp"
#include "service/foreground.hpp"
#include "service/planner.hpp"
#include "service/required_paths.hpp"
#include "systemd/error_journal.hpp"
#include "systemd/message_ids.hpp"
#include "systemd/notify.hpp"

#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace nvmf::cli {

namespace {

using systemd::Priority;

struct BootRequest {
  bool foreground = false;
  std::optional<std::string> subsystem;
  std::optional<base::Duration> timeout;
};

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

policy::BootWait required_by(const BootRequest& request, const policy::Policy& policy) {
  policy::BootWait required = policy.boot;
  if (request.subsystem)
    required.wait_for = {{base::Glob(*request.subsystem), {}}};
  required.timeout = request.timeout.value_or(required.timeout);
  return required;
}

ExitCode tell_missing(systemd::Journal& journal, const policy::BootWait& required,
                      const std::vector<std::string>& missing) {
  if (missing.empty())
    return ExitCode::done;
  std::string names;
  for (const std::string& one : missing)
    names += (names.empty() ? "" : ", ") + one;
  journal.write({.priority = Priority::error,
                 .message_id = systemd::message::boot_incomplete,
                 .message = required.wait_for.empty()
                                ? "missing: " + names
                                : fmt::format("after {} still missing: {}",
                                              base::format_duration(required.timeout), names)});
  return ExitCode::answer_is_no;
}

ExitCode wait_for_required(const service::PlannerWorld& world, const policy::BootWait& required) {
  systemd::notify_status("waiting for the paths that boot needs");
  return tell_missing(world.journal, required,
                      service::wait_until_live(world.files, required, base::SystemClock()));
}

ExitCode boot_by_services(const BootRequest& request, const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  systemd::SystemdUnits units;
  systemd::HostJournal journal("nvmf-policy");
  const service::PlannerWorld world{files, units, journal, globals.root};
  const auto policy = service::policy_for_services(world);
  if (!policy)
    return ExitCode::done;
  const ExitCode code = plan_all(world, globals, *policy);
  const policy::BootWait required = required_by(request, *policy);
  if (code != ExitCode::done || required.wait_for.empty())
    return code;
  return wait_for_required(world, required);
}

ExitCode boot_in_foreground(const BootRequest& request, const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  NoUnits units;
  systemd::ErrorJournal journal("nvmf-policy");
  const service::PlannerWorld world{files, units, journal, globals.root};
  if (const auto prepared = host::HandOver(files).prepare(); !prepared) {
    complain(prepared.error().message);
    return ExitCode::failed;
  }
  const auto policy = service::policy_for_services(world);
  if (!policy) {
    complain("there is no policy: nothing is connected");
    return ExitCode::failed;
  }
  const ExitCode code = plan_all(world, globals, *policy);
  if (code != ExitCode::done)
    return code;
  ExecutorProcess executor(globals.root);
  const base::SystemClock clock;
  const policy::BootWait required = required_by(request, *policy);
  const auto missing = service::run_in_foreground(
      {.files = files,
       .clock = clock,
       .executor = executor,
       .root = globals.root,
       .rest = [](base::Duration most) { std::this_thread::sleep_for(most); },
       .tell_failure = [](const base::Error& error) { complain(error.message); }},
      required);
  return tell_missing(journal, required, missing);
}

} // namespace

Runner declare_boot(Options& options) {
  auto request = std::make_shared<BootRequest>();
  options.flag("--foreground",
               "also connect, without a service manager; messages go to standard error",
               request->foreground);
  options.value("--subsystem", "GLOB", "this subsystem instead of the policy's `boot.wait-for`",
                request->subsystem);
  options.duration("--timeout", "longest wait (`boot.timeout`, 60s)", request->timeout);
  return [request](const Globals& globals) {
    return request->foreground ? boot_in_foreground(*request, globals)
                               : boot_by_services(*request, globals);
  };
}

} // namespace nvmf::cli
