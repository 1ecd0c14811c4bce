// `nvmf-policy explain`: what becomes of an event, which guard or rule decides it, why the others
// do not, and what this host says.
#include "base/ip_address.hpp"
#include "base/lower_case.hpp"
#include "base/nearest.hpp"
#include "base/wire_text.hpp"
#include "cli/commands.hpp"
#include "cli/explained_log.hpp"
#include "cli/explanation.hpp"
#include "cli/fit_text.hpp"
#include "cli/inputs.hpp"
#include "cli/known_paths.hpp"
#include "cli/plan_events.hpp"
#include "cli/suggested_rule.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "event/event_arguments.hpp"
#include "event/event_file.hpp"
#include "host/gather.hpp"
#include "host/route.hpp"
#include "plan/endpoints.hpp"
#include "plan/target_of.hpp"
#include "policy/address_form.hpp"
#include "service/logged_decision.hpp"
#include "systemd/journal_reader.hpp"

#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct ExplainRequest {
  std::vector<std::string> words;
  EventChoice events;
  std::optional<std::string> discovery_log;
  std::optional<std::string> facts;
  std::optional<std::string> why_not;
  std::optional<std::size_t> last;
  bool suggest = false;
};

constexpr std::size_t most_decisions = 10000;

// Who is asked after guards and rules: this host, or the facts that stand in for it.
struct AskedHost {
  decide::Facts facts;
  plan::AskRouting routing;
};

// Of an NQN or an address everything is shown that this host knows about it.
bool names_a_path(const ExplainRequest& request) {
  return request.words.size() == 1 && request.words.front().find('=') == std::string::npos;
}

std::optional<UsageError> problem_with(const ExplainRequest& request, const Globals& globals) {
  if (request.words.empty() && !request.events.file && !request.events.device && !request.last)
    return UsageError{"an event is missing",
                      "for example `transport=tcp traddr=192.0.2.5 subsystem-nqn=nqn...`"};
  for (const std::string& word : request.words)
    if (word.find('=') == std::string::npos && request.words.size() > 1)
      return UsageError{fmt::format("`{}` is not KEY=VALUE", word),
                        "an NQN or an address is the only argument"};
  if (names_a_path(request) && (request.discovery_log || request.facts || request.why_not))
    return UsageError{"`--discovery-log`, `--facts` and `--why-not` belong to an event",
                      fmt::format("for example `subsystem-nqn={}`", request.words.front())};
  if (names_a_path(request) && request.suggest)
    return UsageError{"`--suggest` belongs to an event", {}};
  if (request.why_not && globals.format == "json")
    return UsageError{"`--why-not` is for people: the JSON has every clause anyway", {}};
  return std::nullopt;
}

std::optional<std::vector<ChosenEvent>> events_of(const ExplainRequest& request,
                                                  const Globals& globals,
                                                  const policy::Policy& policy,
                                                  decide::Facts& facts) {
  if (request.words.empty())
    return choose_events(request.events, globals, policy, facts);
  diag::Sink sink;
  const auto file = event::parse_event_file(event::event_text_of(request.words), sink);
  if (!file) {
    complain_about(globals, sink);
    return std::nullopt;
  }
  if (file->hostname)
    facts.hostname = file->hostname;
  const auto& event = std::get<event::Event>(file->reading); // not udev's words
  if (!event.target.empty() && !has_target(policy, event.target))
    return std::nullopt;
  return std::vector<ChosenEvent>{event};
}

std::string suggestion_text(const policy::Policy& policy, const Explanation& explanation) {
  const auto rule = suggest_rule(policy, explanation.event, explanation.hostname);
  if (rule)
    return fmt::format("\nThis rule, {}, would accept it:\n\n{}", rule->where, rule->yaml);
  if (explanation.decision.guard != nullptr)
    return fmt::format("\nNo rule can accept it while guard `{}` is in force.\n",
                       policy.shown_name(*explanation.decision.guard));
  return "\nIt is accepted already.\n";
}

ExitCode show(const ExplainRequest& request, const Globals& globals, const policy::Policy& policy,
              const std::vector<Explanation>& explanations) {
  if (globals.format == "json") {
    print(explanations_json(policy, explanations));
    return ExitCode::done;
  }
  const Screen screen = screen_for(stdout, globals.color);
  for (std::size_t at = 0; at < explanations.size(); ++at) {
    const Explanation& one = explanations[at];
    if (explanations.size() > 1 || one.logged)
      print(fmt::format("{}{}{}\n", at == 0 ? "" : "\n",
                        one.logged ? service::time_text(*one.logged) + "  " : "",
                        event::to_line(one.event)));
    if (!request.why_not) {
      print(explanation_text(policy, one, screen));
    } else if (const auto text = why_not_text(policy, one, *request.why_not)) {
      print(lines_in_window(*text, screen.columns));
    } else {
      complain(fmt::format("there is no rule or guard `{}`; `nvmf-policy show rules` lists them",
                           *request.why_not));
      return ExitCode::failed;
    }
    if (request.suggest)
      print(suggestion_text(policy, one));
  }
  return ExitCode::done;
}

ExitCode explain_event(const ExplainRequest& request, const Globals& globals,
                       const policy::Policy& policy, const AskedHost& host,
                       const event::Event& event) {
  const event::Event complete = plan::for_target(policy, host.facts, event);
  if (!request.discovery_log) {
    Explanation explanation = explain(policy, complete, host.facts.hostname);
    take_answer(policy, ask_host(policy, host.facts, complete, host.routing), explanation);
    return show(request, globals, policy, {explanation});
  }
  const auto log = read_log_file(*request.discovery_log);
  if (!log)
    return ExitCode::failed;
  const ExplainedLog explained = explain_log(policy, host.facts, complete, *log, host.routing);
  for (const std::string& note : explained.notes)
    complain(note);
  return show(request, globals, policy, explained.explanations);
}

// `target=NAME` alone: each of its endpoints, as at boot.
bool names_a_target(const ExplainRequest& request) {
  return request.words.size() == 1 && request.words.front().starts_with("target=") &&
         !request.discovery_log;
}

ExitCode explain_target(const ExplainRequest& request, const Globals& globals,
                        const policy::Policy& policy, const AskedHost& host) {
  const std::string name = request.words.front().substr(std::string_view("target=").size());
  if (!has_target(policy, name))
    return ExitCode::usage;
  std::vector<Explanation> explanations;
  for (const policy::Target& target : policy.targets) {
    if (target.name != name)
      continue;
    for (const event::Event& event : plan::target_events(policy, host.facts, target)) {
      const event::Event complete = plan::for_target(policy, host.facts, event);
      explanations.push_back(explain(policy, complete, host.facts.hostname));
      explanations.back().host = ask_host(policy, host.facts, complete, host.routing);
    }
  }
  return show(request, globals, policy, explanations);
}

// The latest events that the planner decided, in the order in which they happened.
ExitCode explain_last(const ExplainRequest& request, const Globals& globals,
                      const policy::Policy& policy, const AskedHost& host) {
  systemd::HostJournalReader journal(globals.root);
  const auto decisions = service::logged_decisions(journal, *request.last);
  if (!decisions) {
    complain(decisions.error().message);
    return ExitCode::failed;
  }
  std::vector<Explanation> explanations;
  for (auto then = decisions->rbegin(); then != decisions->rend(); ++then) {
    explanations.push_back(explain(policy, then->event, host.facts.hostname));
    take_answer(policy, ask_host(policy, host.facts, then->event, host.routing),
                explanations.back());
    explanations.back().logged = *then;
  }
  return show(request, globals, policy, explanations);
}

// The NQN or device that a connected controller has by that name, with or without `/dev/`.
std::string help_with_device(std::string_view name, const decide::Facts& facts) {
  constexpr std::string_view folder = "/dev/";
  if (name.starts_with(folder))
    name.remove_prefix(folder.size());
  if (facts.controllers)
    for (const decide::Controller& controller : *facts.controllers)
      if (controller.device == name)
        return fmt::format("`nvmf-policy explain {}`",
                           controller.is_discovery() ? fmt::format("--device {}", name)
                                                     : base::escaped(controller.subsystem_nqn));
  // A block device has another number than the controllers that lead to it.
  return name.starts_with("nvme") ? "`nvmf-policy status` shows each device with its subsystem"
                                  : std::string();
}

// The help for a word that is not the name of a path.
std::string help_with_name(const std::string& name, const policy::Policy& policy,
                           const decide::Facts& facts, const KnownPaths& known) {
  for (const policy::Target& target : policy.targets)
    if (target.name == name)
      return fmt::format("`nvmf-policy explain target={}`", name);
  if (auto help = help_with_device(name, facts); !help.empty())
    return help;
  if (const std::string address = name.substr(0, name.rfind(':')); base::IpAddress::parse(address))
    return fmt::format("an address is without its port: `nvmf-policy explain {}`", address);
  const bool is_like_address =
      name.find_first_not_of("0123456789abcdefABCDEF.:/-") == std::string::npos &&
      name.find_first_of(".:") != std::string::npos;
  if (is_like_address)
    if (auto help = base::Cidr::parse(name) ? std::string("name one address")
                                            : policy::address_help(name, {.in_target = true});
        !help.empty())
      return help;
  if (const std::string lower = base::lower_case(name); lower != name && lower.starts_with("nqn."))
    return fmt::format("`nvmf-policy explain {}`", base::escaped("nqn." + name.substr(4)));
  std::vector<std::string> targets;
  for (const policy::Target& target : policy.targets)
    targets.push_back(target.name);
  if (const auto target = base::nearest(name, targets))
    return fmt::format("`nvmf-policy explain target={}`", *target);
  std::string near;
  for (const std::string& nqn : near_nqns(known, name))
    near += fmt::format("{}`{}`", near.empty() ? "" : ", ", base::escaped(nqn));
  return near.empty() ? near : "did you mean " + near + "?";
}

ExitCode explain_name(const std::string& name, const Globals& globals, const policy::Policy& policy,
                      const AskedHost& host) {
  base::RealFileSystem files = host_files(globals);
  const auto known =
      find_known_paths(files, base::SystemClock(), policy, host.facts, host.routing, name);
  if (!known) {
    complain("the state cannot be read: " + known.error().message);
    return ExitCode::failed;
  }
  // Anything is an NQN for the kernel, but a word that nothing is called is rather a slip.
  const bool is_name = name.starts_with("nqn.") || base::Traddr::parse_any(name);
  if (known->paths.empty() && !is_name)
    return usage_error("explain",
                       UsageError{fmt::format("`{}` is not KEY=VALUE, an NQN or an address", name),
                                  help_with_name(name, policy, host.facts, *known)});
  print(globals.format == "json"
            ? known_paths_json(*known, name)
            : known_paths_text(*known, name, screen_for(stdout, globals.color)));
  return known->paths.empty() ? ExitCode::answer_is_no : ExitCode::done;
}

std::optional<AskedHost> asked_host(const ExplainRequest& request, const Globals& globals,
                                    const policy::Policy& policy) {
  AskedHost host;
  if (request.facts) {
    auto facts = read_facts_file(globals, *request.facts);
    if (!facts)
      return std::nullopt;
    host.facts = std::move(*facts);
    return host;
  }
  host.facts = host_facts(globals, policy);
  if (globals.root.empty())
    host.routing = host::routed_side;
  return host;
}

ExitCode run_explain(ExplainRequest request, const Globals& globals) {
  if (const auto problem = problem_with(request, globals))
    return usage_error("explain", *problem);
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return loaded.error();
  const auto& policy = *loaded;
  auto host = asked_host(request, globals, *policy);
  if (!host)
    return ExitCode::failed;
  if (request.last)
    return explain_last(request, globals, *policy, *host);
  if (names_a_path(request))
    return explain_name(request.words.front(), globals, *policy, *host);
  if (names_a_target(request))
    return explain_target(request, globals, *policy, *host);
  request.events.host = request.facts ? EventHost::facts : EventHost::this_host;
  const auto events = events_of(request, globals, *policy, host->facts);
  if (!events || events->empty())
    return request.words.empty() ? ExitCode::failed : ExitCode::usage;
  if (const auto* ignored = std::get_if<event::MustNotTrigger>(&events->front())) {
    print(globals.format == "json" ? ignored_event_json(ignored->why)
                                   : fmt::format("IGNORED  event-ignored: {}\n", ignored->why));
    return ExitCode::done;
  }
  return explain_event(request, globals, *policy, *host, std::get<event::Event>(events->front()));
}

} // namespace

Runner declare_explain(Options& options) {
  auto request = std::make_shared<ExplainRequest>();
  const auto words = options.arguments(
      "KEY=VALUE",
      "the event, in the words of `match` (`target=NAME` alone: its endpoints); or an NQN or an "
      "address: all its paths",
      request->words);
  const auto event = options.value("--event", "FILE", "this recorded event (`-`: standard input)",
                                   request->events.file);
  const auto device =
      options.value("--device", "NAME", "the event that the controller `nvmeN` would raise",
                    request->events.device);
  const auto last =
      options.optional_number("--last", "the planner's N latest decisions (1) from the journal",
                              request->last, most_decisions, 1);
  Options::exclude_each_other({words, event, device, last});
  const auto log =
      options.value("--discovery-log", "FILE", "each entry of the event's log instead of the event",
                    request->discovery_log);
  Options::exclude_each_other({last, log});
  options.value("--facts", "FILE", "facts to use in place of this host's", request->facts);
  options.value("--why-not", "RULE", "every clause of this rule or guard", request->why_not);
  options.flag("--suggest", "also the smallest rule that would accept the event", request->suggest);
  options.formats({"human", "json"});
  return [request](const Globals& globals) { return run_explain(*request, globals); };
}

} // namespace nvmf::cli
