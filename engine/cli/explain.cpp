// `nvmf-policy explain`: which guard or rule decides an event, and why the others do not.
#include "cli/commands.hpp"
#include "cli/explained_log.hpp"
#include "cli/explanation.hpp"
#include "cli/inputs.hpp"
#include "cli/plan_events.hpp"
#include "cli/suggested_rule.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "event/event_arguments.hpp"
#include "event/event_file.hpp"
#include "host/gather.hpp"
#include "plan/target_of.hpp"
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
  std::optional<std::string> why_not;
  std::optional<std::size_t> last;
  bool suggest = false;
};

constexpr std::size_t most_decisions = 10000;

std::optional<UsageError> problem_with(const ExplainRequest& request, const Globals& globals) {
  if (request.words.empty() && !request.events.file && !request.events.device && !request.last)
    return UsageError{"an event is missing",
                      "for example `transport=tcp traddr=192.0.2.5 subsystem-nqn=nqn...`"};
  for (const std::string& word : request.words)
    if (word.find('=') == std::string::npos)
      return UsageError{fmt::format("`{}` is not KEY=VALUE", word), {}};
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
  const auto& event = std::get<event::Event>(file->reading); // these words are none of udev's
  if (!event.target.empty() && !has_target(policy, event.target))
    return std::nullopt;
  return std::vector<ChosenEvent>{event};
}

std::string suggestion_text(const policy::Policy& policy, const Explanation& explanation) {
  const auto rule = suggest_rule(policy, explanation.event, explanation.hostname);
  if (rule)
    return fmt::format("\nThis rule, {}, would accept it:\n\n{}", rule->where, rule->yaml);
  if (explanation.decision.guard != nullptr)
    return fmt::format("\nNo rule can accept it while guard `{}` stands.\n",
                       policy.shown_name(*explanation.decision.guard));
  return "\nIt is accepted already.\n";
}

ExitCode show(const ExplainRequest& request, const Globals& globals, const policy::Policy& policy,
              const std::vector<Explanation>& explanations) {
  if (globals.format == "json") {
    print(explanations_json(policy, explanations));
    return ExitCode::done;
  }
  const Palette palette = palette_for(stdout, globals.color);
  for (std::size_t at = 0; at < explanations.size(); ++at) {
    const Explanation& one = explanations[at];
    if (explanations.size() > 1 || one.logged)
      print(fmt::format("{}{}{}\n", at == 0 ? "" : "\n",
                        one.logged ? service::time_text(*one.logged) + "  " : "",
                        event::to_line(one.event)));
    if (!request.why_not) {
      print(explanation_text(policy, one, palette));
    } else if (const auto text = why_not_text(policy, one, *request.why_not)) {
      print(*text);
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
                       const policy::Policy& policy, const decide::Facts& facts,
                       const event::Event& event) {
  const event::Event complete = plan::for_target(policy, facts, event);
  if (!request.discovery_log)
    return show(request, globals, policy, {explain(policy, complete, facts.hostname)});
  const auto log = read_log_file(*request.discovery_log);
  if (!log)
    return ExitCode::failed;
  const ExplainedLog explained = explain_log(policy, facts, complete, *log);
  for (const std::string& note : explained.notes)
    complain(note);
  return show(request, globals, policy, explained.explanations);
}

// The latest events that the planner decided, in the order in which they happened.
ExitCode explain_last(const ExplainRequest& request, const Globals& globals,
                      const policy::Policy& policy, const decide::Facts& facts) {
  systemd::HostJournalReader journal(globals.root);
  const auto decisions = service::logged_decisions(journal, *request.last);
  if (!decisions) {
    complain(decisions.error().message);
    return ExitCode::failed;
  }
  std::vector<Explanation> explanations;
  for (auto then = decisions->rbegin(); then != decisions->rend(); ++then) {
    explanations.push_back(explain(policy, then->event, facts.hostname));
    explanations.back().logged = *then;
  }
  return show(request, globals, policy, explanations);
}

ExitCode run_explain(const ExplainRequest& request, const Globals& globals) {
  if (const auto problem = problem_with(request, globals))
    return usage_error("explain", *problem);
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return loaded.error();
  const auto& policy = *loaded;
  decide::Facts facts = host_facts(globals, *policy);
  if (request.last)
    return explain_last(request, globals, *policy, facts);
  const auto events = events_of(request, globals, *policy, facts);
  if (!events || events->empty())
    return request.words.empty() ? ExitCode::failed : ExitCode::usage;
  if (const auto* ignored = std::get_if<event::MustNotTrigger>(&events->front())) {
    print(globals.format == "json" ? ignored_event_json(ignored->why)
                                   : fmt::format("IGNORED  event-ignored: {}\n", ignored->why));
    return ExitCode::done;
  }
  return explain_event(request, globals, *policy, facts, std::get<event::Event>(events->front()));
}

} // namespace

Runner declare_explain(Options& options) {
  auto request = std::make_shared<ExplainRequest>();
  const auto words =
      options.arguments("KEY=VALUE", "the event, in the words of `match`", request->words);
  const auto event = options.value("--event", "FILE", "this recorded event (`-`: standard input)",
                                   request->events.file);
  const auto device =
      options.value("--device", "NAME", "what the discovery controller `nvmeN` would raise",
                    request->events.device);
  const auto last =
      options.optional_number("--last", "the planner's N latest decisions (1) from the journal",
                              request->last, most_decisions, 1);
  Options::exclude_each_other({words, event, device, last});
  const auto log =
      options.value("--discovery-log", "FILE", "each entry of the event's log instead of the event",
                    request->discovery_log);
  Options::exclude_each_other({last, log});
  options.value("--why-not", "RULE", "every clause of this rule or guard", request->why_not);
  options.flag("--suggest", "also the smallest rule that would accept the event", request->suggest);
  options.formats({"human", "json"});
  return [request](const Globals& globals) { return run_explain(*request, globals); };
}

} // namespace nvmf::cli
