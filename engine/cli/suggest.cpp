// `nvmf-policy suggest`: a starter policy from the live connections, or from what nothing matched.
#include "analyze/reachability.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/plan_events.hpp"
#include "cli/suggestion.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diag/read_source.hpp"
#include "fabrics/discovery_log.hpp"
#include "importing/write_policy.hpp"
#include "load/load.hpp"
#include "plan/identity.hpp"
#include "service/sweep_choice.hpp"

#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct SuggestRequest {
  bool unmatched = false;
  std::optional<std::string> facts;
  std::optional<std::string> event;
  std::optional<std::string> discovery_log;
};

// The event of the command line with its log; nothing after having said what is wrong.
std::optional<std::vector<SeenEvent>> seen_in_files(const SuggestRequest& request,
                                                    const Globals& globals,
                                                    const policy::Policy& policy,
                                                    decide::Facts& facts) {
  const auto chosen = choose_events(
      {.file = request.event, .host = request.facts ? EventHost::facts : EventHost::this_host},
      globals, policy, facts);
  if (!chosen)
    return std::nullopt;
  std::vector<SeenEvent> seen;
  for (const ChosenEvent& one : *chosen)
    if (const auto* event = std::get_if<event::Event>(&one))
      seen.push_back({.event = plan::with_identity(policy, facts, *event), .logs = {}});
  if (!request.discovery_log)
    return seen;
  const auto source = diag::read_source(*request.discovery_log);
  const auto log = source ? fabrics::parse_discovery_file((*source)->text)
                          : base::Result<event::DiscoveryLog>(tl::unexpected(source.error()));
  if (!log) {
    complain(fmt::format("{}: {}", *request.discovery_log, log.error().message));
    return std::nullopt;
  }
  for (SeenEvent& one : seen)
    one.logs.push_back({.of = one.event.endpoint, .log = *log});
  return seen;
}

// The events that the executors of this host have read.
std::vector<SeenEvent> seen_here(const Globals& globals) {
  std::vector<SeenEvent> seen;
  for (const execute::State& state : service::read_states(host_files(globals))) {
    SeenEvent one{.event = state.plan.event, .logs = {}};
    for (const execute::LogRecord& log : state.logs)
      if (log.tid.endpoint)
        one.logs.push_back({.of = *log.tid.endpoint, .log = log.log});
    seen.push_back(std::move(one));
  }
  return seen;
}

// The suggestion, or the exit code after the reason for its absence was reported.
tl::expected<importing::Imported, ExitCode> found(const SuggestRequest& request,
                                                  const Globals& globals) {
  decide::Facts facts;
  if (request.facts) {
    auto read = read_facts_file(globals, *request.facts);
    if (!read)
      return tl::unexpected(ExitCode::failed);
    facts = std::move(*read);
  }
  if (!request.unmatched) {
    if (!request.facts)
      facts = host_facts(globals, {});
    return connected_now(facts);
  }
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return tl::unexpected(loaded.error());
  const auto& policy = *loaded;
  if (!request.facts)
    facts = host_facts(globals, *policy);
  if (!request.event)
    return unmatched(*policy, facts, seen_here(globals));
  const auto seen = seen_in_files(request, globals, *policy, facts);
  if (!seen)
    return tl::unexpected(ExitCode::failed);
  return unmatched(*policy, facts, *seen);
}

ExitCode run_suggest(const SuggestRequest& request, const Globals& globals) {
  if (request.event == "-" && (request.discovery_log == "-" || request.facts == "-"))
    return usage_error("suggest", "only one thing can be read from standard input");
  auto imported = found(request, globals);
  if (!imported)
    return imported.error();
  const bool empty = imported->connections.empty();
  std::vector<importing::Note> notes;
  const std::string text = importing::policy_of(std::move(*imported), notes);
  if (!globals.quiet)
    for (const importing::Note& note : notes)
      if (!note.origin.path.empty())
        print_error(fmt::format("{}: note: {}\n", note.origin.text(), note.text));
  if (empty) {
    complain(request.unmatched ? "nothing was left without a rule" : "nothing is connected");
    return ExitCode::answer_is_no;
  }
  print(text);
  const load::Loaded loaded = load::load_text("<suggested policy>", text);
  if (loaded.policy)
    return ExitCode::done;
  complain_about(globals, loaded.findings);
  complain("the policy above has errors, which must be corrected by hand");
  return ExitCode::answer_is_no;
}

} // namespace

Runner declare_suggest(Options& options) {
  auto request = std::make_shared<SuggestRequest>();
  const auto unmatched = options.flag(
      "--unmatched", "from what no rule of the policy wants, instead of the connections",
      request->unmatched);
  const auto event =
      options.value("--event", "FILE",
                    "with `--unmatched`: of this event, not what was read so far", request->event);
  Options::needs(event, unmatched);
  Options::needs(
      options.value("--discovery-log", "FILE", "the event's discovery log", request->discovery_log),
      event);
  options.value("--facts", "FILE", "facts to use in place of this host's", request->facts);
  options.quiet("without the notes");
  return [request](const Globals& globals) { return run_suggest(*request, globals); };
}

} // namespace nvmf::cli
