// `nvmf-policy plan`: what would be done, changing nothing and contacting nobody.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/plan_events.hpp"
#include "cli/plan_text.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "decide/outcome.hpp"
#include "fabrics/discovery_log.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/option_string.hpp"
#include "host/route.hpp"
#include "plan/json.hpp"
#include "plan/run.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

using decide::Outcome;

struct PlanRequest {
  EventChoice events;
  std::optional<std::string> discovery_log;
  std::optional<std::string> facts;
  std::optional<std::string> out;
  bool read_log = false;
  bool show_strings = false;
  bool detailed_exit_code = false;
  bool dry_run = false; // changes nothing: a plan is one
};

// What all plans of one call share.
struct Setting {
  std::shared_ptr<const policy::Policy> policy;
  decide::Facts facts;
  std::optional<event::DiscoveryLog> log; // of --discovery-log
  bool read_logs = false;                 // --read-log
  plan::AskRouting routing;               // none where the facts stand in for this host
  std::string root;
};

std::optional<UsageError> problem_with(const PlanRequest& request) {
  const EventChoice& events = request.events;
  if (request.discovery_log && !events.file && !events.device)
    return UsageError{"`--discovery-log` goes with one event", "add `--event` or `--device`"};
  if (request.out && (request.out->empty() || request.out == "-"))
    return UsageError{"`--out` takes the name of a file", "`--format json` prints the plans"};
  if (events.file == "-" && (request.discovery_log == "-" || request.facts == "-"))
    return UsageError{"only one thing can be read from standard input", {}};
  return std::nullopt;
}

// Reads the log of a discovery controller that is connected, leaving its pending event pending.
base::Result<event::DiscoveryLog> read_log_of(const Setting& setting, const std::string& device) {
  fabrics::KernelFabricsPort port(setting.root);
  const auto opened = port.open(device);
  if (!opened)
    return tl::unexpected(opened.error());
  return fabrics::read_discovery_log(**opened,
                                     {.max_entries = setting.policy->limits.log_entries,
                                      .event = fabrics::LogPageRequest::AsyncEvent::retain});
}

// The items of one event: its own, then those of the logs that are at hand. `paths` are those of
// the plans before it, where there are several.
ShownPlan plan_for(const Setting& setting, const event::Event& event, plan::PathLedger* paths) {
  plan::Run run(*setting.policy, setting.facts, event,
                {.explain_ignored = true, .shared_paths = paths, .routing = setting.routing});
  const std::vector<plan::Item> own = run.decide_event();
  ShownPlan shown;
  for (std::size_t at = 0; at < own.size(); ++at) {
    if (own[at].outcome != Outcome::discover)
      continue;
    if (setting.log) {
      run.decide_log(at, *setting.log);
      shown.log = LogKnowledge::read;
    } else if (setting.read_logs && !own[at].device.empty()) {
      if (const auto log = read_log_of(setting, own[at].device)) {
        run.decide_log(at, *log);
        shown.log = LogKnowledge::read;
      } else {
        shown.log_problem = log.error().message;
        complain(fmt::format("the log of {} was not read: {}", own[at].device, shown.log_problem));
      }
    }
  }
  shown.plan = run.plan();
  return shown;
}

// An event from which nothing follows: one item, `event-ignored`, without any address.
ShownPlan ignored_event(const policy::Policy& policy, const std::string& why) {
  ShownPlan shown;
  for (const policy::File& file : policy.files)
    shown.plan.policy.files.push_back(file.path);
  shown.plan.policy.digest = policy.digest;
  shown.plan.items.push_back(plan::Item{
      .outcome = Outcome::ignored, .reason = decide::Reason::event_ignored, .detail = why});
  return shown;
}

// What would be written to the kernel.
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

std::string json_of(const policy::Policy& policy, const std::vector<ShownPlan>& shown) {
  plan::PolicyStamp stamp{.digest = policy.digest, .files = {}};
  for (const policy::File& file : policy.files)
    stamp.files.push_back(file.path);
  std::vector<plan::Plan> plans;
  for (const ShownPlan& one : shown)
    plans.push_back(one.plan);
  return plan::to_json(stamp, plans);
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
  else
    print(plans_text(policy, shown, detail_of(globals), palette_for(stdout, globals.color)));
  if (std::any_of(shown.begin(), shown.end(),
                  [](const ShownPlan& one) { return !one.log_problem.empty(); }))
    return ExitCode::failed;
  return request.detailed_exit_code ? detailed_exit_code(shown) : ExitCode::done;
}

ExitCode decide_and_show(const PlanRequest& request, const Globals& globals, Setting& setting) {
  if (request.discovery_log) {
    auto log = read_log_file(*request.discovery_log);
    if (!log)
      return ExitCode::failed;
    setting.log = std::move(*log);
  }
  const auto chosen = choose_events(request.events, globals, *setting.policy, setting.facts);
  if (!chosen)
    return ExitCode::failed;
  std::vector<ShownPlan> shown;
  plan::PathLedger paths;
  for (const ChosenEvent& one : *chosen) {
    const auto* event = std::get_if<event::Event>(&one);
    if (event == nullptr) {
      shown.push_back(ignored_event(*setting.policy, std::get<event::MustNotTrigger>(one).why));
      continue;
    }
    const auto each = plan::for_targets(*setting.policy, setting.facts, *event);
    const bool several = chosen->size() > 1 || each.size() > 1;
    for (const event::Event& of_one : each) {
      shown.push_back(plan_for(setting, of_one, several ? &paths : nullptr));
      if (request.show_strings)
        add_strings(shown.back());
    }
  }
  return show(request, globals, *setting.policy, shown);
}

ExitCode run_plan(PlanRequest request, const Globals& globals) {
  if (const auto problem = problem_with(request))
    return usage_error("plan", *problem);
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return loaded.error();
  Setting setting{.policy = *loaded};
  setting.read_logs = request.read_log;
  setting.root = globals.root;
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
  return decide_and_show(request, globals, setting);
}

} // namespace

Runner declare_plan(Options& options) {
  auto request = std::make_shared<PlanRequest>();
  const auto event = options.value(
      "--event", "FILE", "decide this recorded event (`-`: standard input)", request->events.file);
  const auto device =
      options.value("--device", "NAME", "decide what the discovery controller `nvmeN` would raise",
                    request->events.device);
  const auto all =
      options.flag("--all",
                   "decide everything that is present: discovery controllers, FC ports, targets "
                   "(the default)",
                   request->events.all);
  const auto log = options.value("--discovery-log", "FILE",
                                 "the event's discovery log: the binary page, or nvme-cli's JSON",
                                 request->discovery_log);
  const auto read_log = options.flag(
      "--read-log", "read the logs of connected discovery controllers, consuming no event",
      request->read_log);
  const auto facts =
      options.value("--facts", "FILE", "facts that stand in for this host", request->facts);
  Options::exclude_each_other({event, device, all});
  Options::exclude_each_other({log, read_log});
  Options::exclude_each_other({facts, read_log});
  options.flag("--show-strings", "also the exact option strings, secrets redacted",
               request->show_strings);
  options.value("--out", "FILE", "also writes the plans there, as JSON", request->out);
  options.flag("--detailed-exitcode",
               "10 something to connect or discover, 11 denied or refused, 12 nothing matched",
               request->detailed_exit_code);
  options.flag("--dry-run", "changes nothing, as without it", request->dry_run);
  options.formats({"human", "json"});
  options.quiet("without the events that only keep or ignore");
  options.verbose("also options with their origins, and the retry schedule");
  return [request](const Globals& globals) { return run_plan(*request, globals); };
}

} // namespace nvmf::cli
