// `nvmf-policy plan`: what would be done, changing nothing and contacting nobody.
#include "base/nqn.hpp"
#include "cli/commands.hpp"
#include "cli/contact.hpp"
#include "cli/ending_signals.hpp"
#include "cli/inputs.hpp"
#include "cli/picture.hpp"
#include "cli/plan_events.hpp"
#include "cli/plan_tasks.hpp"
#include "cli/plan_text.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "decide/outcome.hpp"
#include "diag/shown_text.hpp"
#include "fabrics/discovery_log.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/option_string.hpp"
#include "host/route.hpp"
#include "plan/json.hpp"
#include "plan/run.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>
#include <utility>

namespace nvmf::cli {

namespace {

using decide::Outcome;

struct PlanRequest {
  EventChoice events;                 // but for the files of `--event`
  std::vector<std::string> files;     // --event
  std::vector<std::string> log_files; // --discovery-log: one each, in order
  std::optional<std::string> nbft;
  std::optional<std::string> facts;
  std::optional<std::string> out;
  bool read_log = false;
  bool contact = false;
  bool show_strings = false;
  bool detailed_exit_code = false;
  bool dry_run = false; // changes nothing: a plan is one
};

std::optional<UsageError> problem_with(const PlanRequest& request) {
  const EventChoice& events = request.events;
  const std::size_t logs = request.log_files.size();
  const std::size_t chosen = events.device || events.target ? 1 : request.files.size();
  if (logs > 0 && chosen == 0)
    return UsageError{"`--discovery-log` goes with one event",
                      "add `--event`, `--device` or `--target`"};
  if (logs > 0 && logs != chosen)
    return UsageError{fmt::format("events and logs are paired in order, and their numbers differ: "
                                  "{} and {}",
                                  chosen, logs),
                      "give one `--discovery-log` for each event, or none"};
  if (request.out && (request.out->empty() || request.out == "-"))
    return UsageError{"`--out` takes the name of a file", "`--format json` prints the plans"};
  if (std::count(request.files.begin(), request.files.end(), "-") +
          std::count(request.log_files.begin(), request.log_files.end(), "-") +
          (request.facts == "-" ? 1 : 0) >
      1)
    return UsageError{"only one thing can be read from standard input", {}};
  return std::nullopt;
}

// Reads the log of a discovery controller that is connected, leaving its pending event pending.
base::Result<execute::OneLog> read_log_of(const std::string& root, const policy::Policy& policy,
                                          const std::string& device) {
  fabrics::KernelFabricsPort port(root);
  const auto opened = port.open(device);
  if (!opened)
    return tl::unexpected(opened.error());
  auto log =
      fabrics::read_discovery_log(**opened, {.max_entries = policy.limits.log_entries,
                                             .event = fabrics::LogPageRequest::AsyncEvent::retain});
  if (!log)
    return tl::unexpected(log.error());
  const auto identity = (*opened)->identify_controller();
  const bool is_named = identity && base::is_nqn(identity->subsystem_nqn);
  return execute::OneLog{.log = std::move(*log),
                         .own_nqn = is_named ? identity->subsystem_nqn : ""};
}

// The controller whose log can be read without connecting anything.
const std::string& device_of(const plan::Item& item) {
  return item.device.empty() ? item.bystander : item.device;
}

// The log of one that is connected, and that no other log refers to: with those --read-log begins.
std::optional<base::Result<execute::OneLog>>
log_if_connected(const std::string& root, const policy::Policy& policy, const plan::Item& item) {
  const std::string& device = device_of(item);
  const bool is_own = !item.parent;
  return is_own && !device.empty() ? std::optional(read_log_of(root, policy, device))
                                   : std::nullopt;
}

// Adds the strings that would be written to the kernel.
void add_strings(ShownPlan& shown) {
  for (plan::Item& item : shown.plan.items) {
    const bool is_tried = item.outcome == Outcome::connect || item.outcome == Outcome::discover;
    if (!is_tried || !item.device.empty()) // a discovery controller that is connected is used
      continue;
    if (auto string = fabrics::redacted_option_string(item))
      item.string = std::move(*string);
    else
      complain(string.error().message);
  }
}

ExitCode detailed_exit_code(const std::vector<ShownPlan>& shown) {
  const auto any = [&](auto... outcomes) {
    return std::any_of(shown.begin(), shown.end(), [&](const ShownPlan& one) {
      return std::any_of(one.plan.items.begin(), one.plan.items.end(), [&](const plan::Item& item) {
        return ((item.outcome == outcomes) || ...);
      });
    });
  };
  if (any(Outcome::connect, Outcome::discover))
    return ExitCode::something_to_do;
  if (any(Outcome::denied, Outcome::refused))
    return ExitCode::denied_or_refused;
  const bool nothing_matched = std::any_of(shown.begin(), shown.end(), [](const ShownPlan& one) {
    return std::any_of(one.plan.items.begin(), one.plan.items.end(), [](const auto& item) {
      return item.reason == decide::Reason::no_rule_matched;
    });
  });
  return nothing_matched ? ExitCode::nothing_matched : ExitCode::done;
}

std::vector<plan::Plan> plans_of(const std::vector<ShownPlan>& shown) {
  std::vector<plan::Plan> plans;
  for (const ShownPlan& one : shown)
    plans.push_back(one.plan);
  return plans;
}

std::string json_of(const policy::Policy& policy, const std::vector<ShownPlan>& shown) {
  plan::PolicyStamp stamp{.digest = policy.digest, .files = {}};
  for (const policy::File& file : policy.files)
    stamp.files.push_back(file.path);
  return plan::to_json(stamp, plans_of(shown));
}

Detail detail_of(const Globals& globals) {
  if (globals.verbose)
    return Detail::full;
  return globals.quiet ? Detail::changes : Detail::brief;
}

ExitCode show(const PlanRequest& request, const Globals& globals, const policy::Policy& policy,
              const std::vector<ShownPlan>& shown) {
  if (request.out) {
    if (const auto written = write_output(*request.out, json_of(policy, shown)); !written) {
      complain(written.error().message);
      return ExitCode::failed;
    }
  }
  if (globals.format == "json")
    print(json_of(policy, shown));
  else if (is_picture(globals)) {
    if (const ExitCode drawn = print_picture(graph_of(plans_of(shown)), globals);
        drawn != ExitCode::done)
      return drawn;
  } else
    print(plans_text(policy, shown, detail_of(globals), screen_for(stdout, globals.color)));
  if (std::any_of(shown.begin(), shown.end(),
                  [](const ShownPlan& one) { return !one.log_problem.empty(); }))
    return ExitCode::failed;
  return request.detailed_exit_code ? detailed_exit_code(shown) : ExitCode::done;
}

// The events of the command line; nothing after having said what cannot be used.
std::optional<std::vector<PlanTask>> tasks_of(const PlanRequest& request, const Globals& globals,
                                              PlanSetting& setting) {
  std::vector<EventChoice> choices;
  for (const std::string& file : request.files)
    choices.push_back({.file = file, .host = request.events.host});
  if (choices.empty())
    choices.push_back(request.events);
  std::vector<PlanTask> tasks;
  for (std::size_t at = 0; at < choices.size(); ++at) {
    std::shared_ptr<const event::DiscoveryLog> log;
    if (at < request.log_files.size()) {
      auto read = read_log_file(request.log_files[at]);
      if (!read)
        return std::nullopt;
      log = std::make_shared<const event::DiscoveryLog>(std::move(*read));
    }
    auto chosen = choose_events(choices[at], globals, *setting.policy, setting.facts);
    if (!chosen)
      return std::nullopt;
    for (ChosenEvent& one : *chosen)
      tasks.push_back({.event = std::move(one), .log = log});
  }
  return tasks;
}

// A log that belongs to none of the events.
bool has_subsystem_with_log(const std::vector<PlanTask>& tasks) {
  return std::any_of(tasks.begin(), tasks.end(), [](const PlanTask& task) {
    const auto* event = std::get_if<event::Event>(&task.event);
    return task.log && event != nullptr && event->subject == base::Subject::io_subsystem;
  });
}

// The same events twice: to say which discovery controllers are contacted, and with their logs.
std::vector<ShownPlan> plan_with_contact(PlanSetting setting, const std::vector<PlanTask>& tasks) {
  Contacts contacts(*setting.policy);
  contacts.announce(plan_tasks(setting, tasks));
  setting.ask_log = [&](const plan::Item& item, const std::string& id) {
    auto connected = log_if_connected({}, *setting.policy, item);
    const bool is_other = !connected && item.device.empty();
    return is_other ? std::optional(contacts.read(item, id)) : std::move(connected);
  };
  const EndingSignals while_connected;
  return plan_tasks(setting, tasks);
}

ExitCode decide_and_show(const PlanRequest& request, const Globals& globals, PlanSetting& setting) {
  const auto tasks = tasks_of(request, globals, setting);
  if (!tasks)
    return ExitCode::failed;
  if (has_subsystem_with_log(*tasks)) {
    complain("an I/O subsystem has no discovery log");
    return ExitCode::failed;
  }
  std::vector<ShownPlan> shown =
      request.contact ? plan_with_contact(setting, *tasks) : plan_tasks(setting, *tasks);
  if (request.show_strings)
    for (ShownPlan& one : shown)
      add_strings(one);
  const ExitCode code = show(request, globals, *setting.policy, shown);
  if (request.contact && EndingSignals::came()) {
    complain("stopped: not every discovery controller was contacted");
    return ExitCode::failed;
  }
  return code;
}

ExitCode run_plan(PlanRequest request, const Globals& globals) {
  if (const auto problem = problem_with(request))
    return usage_error("plan", *problem);
  if (request.contact && !globals.root.empty())
    return usage_error("plan", "`--contact` connects from this host, and `--root` is another one");
  if (request.contact && ::geteuid() != 0) {
    complain("`--contact` connects discovery controllers, which only root may");
    return ExitCode::failed;
  }
  const load::Loaded files = load_policy(globals);
  const auto loaded = policy_or_complaint(globals, files);
  if (!loaded)
    return loaded.error();
  complain_about_distrust(globals, files);
  PlanSetting setting{.policy = *loaded, .facts = {}, .ask_log = {}, .routing = {}};
  if (request.read_log)
    setting.ask_log = [root = globals.root, policy = *loaded](const plan::Item& item,
                                                              const std::string& /*id*/) {
      return log_if_connected(root, *policy, item);
    };
  if (request.facts) {
    auto facts = read_facts_file(globals, *request.facts);
    if (!facts)
      return ExitCode::failed;
    setting.facts = std::move(*facts);
    request.events.host = EventHost::facts;
  } else {
    setting.facts = host_facts(globals, *setting.policy);
    if (globals.root.empty())
      setting.routing = host::routed_side;
  }
  if (request.nbft) {
    auto table = read_nbft_file(*request.nbft);
    if (!table)
      return ExitCode::failed;
    setting.facts.nbft_problems.clear();
    for (const firmware::Problem& problem : table->problems)
      setting.facts.nbft_problems.push_back(
          fmt::format("{}: {}", diag::shown(table->path), to_string(problem)));
    setting.facts.nbft = {std::move(*table)};
    const EventChoice& chosen = request.events;
    request.events.firmware =
        request.files.empty() && !chosen.device && !chosen.target && !chosen.all;
  }
  for (const std::string& problem : setting.facts.nbft_problems)
    complain(problem);
  return decide_and_show(request, globals, setting);
}

} // namespace

Runner declare_plan(Options& options) {
  auto request = std::make_shared<PlanRequest>();
  const auto event = options.values(
      "--event", "FILE", "decide this recorded event (`-`: standard input)", request->files);
  const auto device =
      options.value("--device", "NAME", "decide the event that the controller `nvmeN` would raise",
                    request->events.device);
  const auto all =
      options.flag("--all",
                   "decide everything that is present: discovery controllers, FC ports, targets "
                   "(the default)",
                   request->events.all);
  const auto target = options.value(
      "--target", "NAME", "decide what a boot would make of this target", request->events.target);
  const auto log = options.values("--discovery-log", "FILE",
                                  "the event's discovery log, the binary page or nvme-cli's JSON; "
                                  "several events take one each, in order",
                                  request->log_files);
  const auto read_log = options.flag(
      "--read-log", "read the logs of connected discovery controllers, consuming no event",
      request->read_log);
  const auto contact =
      options.flag("--contact",
                   "for root: connects each discovery controller that is not connected for one "
                   "read of its log; says so before",
                   request->contact);
  const auto facts =
      options.value("--facts", "FILE", "facts to use in place of this host's", request->facts);
  options.value("--nbft", "FILE",
                "this firmware table in place of the host's; without another choice of events, "
                "decide what it names",
                request->nbft);
  Options::exclude_each_other({event, device, target, all});
  Options::exclude_each_other({log, read_log});
  Options::exclude_each_other({log, contact});
  Options::exclude_each_other({facts, read_log});
  Options::exclude_each_other({facts, contact});
  options.flag("--show-strings", "also the exact option strings, secrets redacted",
               request->show_strings);
  options.value("--out", "FILE", "also writes the plans there, as JSON", request->out);
  options.flag("--detailed-exitcode",
               "10 something to connect or discover, 11 denied or refused, 12 nothing matched",
               request->detailed_exit_code);
  options.flag("--dry-run", "changes nothing, as without it", request->dry_run);
  options.formats({"human", "json", "dot", "svg"});
  options.quiet("without the events that only keep or ignore");
  options.verbose("also options with their origins, and the retry schedule");
  return [request](const Globals& globals) { return run_plan(*request, globals); };
}

} // namespace nvmf::cli
