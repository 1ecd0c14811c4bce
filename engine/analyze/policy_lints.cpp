#include "analyze/policy_lints.hpp"

#include "analyze/witness.hpp"
#include "event/from_target.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t dead_guard = 408;
constexpr std::uint16_t discovered_unhandled = 409;

bool ignored_without_guards(const policy::Policy& policy, const Witness& witness) {
  decide::Trace trace;
  decide::decide(policy, witness.event, witness.hostname, &trace);
  auto const first = std::find_if(trace.rules.begin(), trace.rules.end(),
                                  [](const decide::MatchTrace& rule) { return rule.matched; });
  return first == trace.rules.end() || first->rule->action == policy::Action::ignore;
}

} // namespace

bool lets_in(const Decider& decider) {
  return decider.rule && decider.rule->action != policy::Action::ignore;
}

bool may_let_in(const Region& region, const std::vector<std::size_t>& candidates,
                const CompiledPolicy& policy, Solver& solver) {
  std::vector<const Region*> earlier;
  for (std::size_t const candidate : candidates) {
    const Decider& decider = policy.decider(candidate);
    if (decider.guard)
      continue;
    Region const both = intersection(region, policy.region(candidate));
    if (lets_in(decider) && solver.is_empty(both) != Truth::yes &&
        solver.subtract(both, earlier).empty != Truth::yes)
      return true;
    if (!policy.region(candidate).opaque)
      earlier.push_back(&policy.region(candidate));
  }
  return false;
}

void report_dead_guard(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                       diag::Sink& sink) {
  solver.meter().begin_question();
  // A guard is asked once the host side and the identity are known, and those may be any.
  Region const denied = without_final_values(policy.region(guard));
  std::vector<std::size_t> candidates(policy.size());
  std::iota(candidates.begin(), candidates.end(), 0);
  if (solver.is_empty(policy.region(guard)) != Truth::no ||
      may_let_in(denied,
                 decide::looks_at_final_values(*policy.decider(guard).guard)
                     ? candidates
                     : policy.directory().candidates(guard),
                 policy, solver))
    return;
  auto const witness = event_of(policy.region(guard), solver);
  if (!witness || !ignored_without_guards(policy.policy(), *witness))
    return;
  diag::Finding& finding =
      sink.add(dead_guard,
               fmt::format("guard `{}` denies only events that no rule would let in",
                           policy.decider(guard).shown_name(policy.policy())),
               policy.decider(guard).span());
  finding.witness = fmt::format("{} → ignored also without the guard",
                                describe(witness->event, witness->hostname));
}

namespace {

// Reads discovery logs, on its transport.
struct LogReader {
  std::string name; // as shown
  diag::Span span;
  base::Transport transport = base::Transport::tcp;
};

std::optional<LogReader> first_log_reader(const std::vector<RuleReach>& rules,
                                          const policy::Policy& policy) {
  for (const RuleReach& reach : rules)
    if (reach.rule->action == policy::Action::discover && reach.reach == Reach::decides)
      return LogReader{fmt::format("`{}`", policy.shown_name(*reach.rule)), reach.rule->span,
                       reach.example->event.endpoint.transport};
  // One that guards and rules leave to itself.
  for (const policy::Target& target : policy.targets)
    for (const event::Event& event : event::from_target(target))
      if (target.subject() == base::Subject::discovery_controller &&
          decide::decide(policy, event, std::nullopt).target)
        return LogReader{fmt::format("target `{}`", target.name), target.span, target.transport};
  return std::nullopt;
}

// A rule, or a target, which a log may list.
bool anything_connects(const std::vector<RuleReach>& rules, const policy::Policy& policy) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const RuleReach& reach) {
                       return reach.rule->action == policy::Action::connect &&
                              (reach.reach == Reach::decides || reach.reach == Reach::unknown);
                     }) ||
         std::any_of(policy.targets.begin(), policy.targets.end(),
                     [](const policy::Target& target) {
                       return target.subject() == base::Subject::io_subsystem;
                     });
}

} // namespace

void report_unhandled(const std::vector<RuleReach>& rules, const CompiledPolicy& policy,
                      Solver& solver, diag::Sink& sink) {
  if (anything_connects(rules, policy.policy()))
    return;
  auto const reader = first_log_reader(rules, policy.policy());
  if (!reader)
    return;
  solver.meter().begin_question();
  Region const entries{.shapes =
                           shapes_of(base::EventKind::discovered) & shapes_of(reader->transport)};
  auto witness = event_of(entries, solver);
  if (!witness)
    return;
  auto const decision = decide::decide(policy.policy(), witness->event, witness->hostname);
  if (decision.outcome == decide::Outcome::connect)
    return;
  diag::Finding& finding =
      sink.add(discovered_unhandled,
               fmt::format("{} reads discovery logs, and no rule ever connects what they list",
                           reader->name),
               reader->span);
  finding.help = "add a rule with `action: connect`";
  finding.witness = describe(
      policy.policy(), Example{std::move(witness->event), std::move(witness->hostname), decision});
}

} // namespace nvmf::analyze
