#include "decide/decide.hpp"

#include <algorithm>

namespace nvmf::decide {

namespace {

struct Question {
  const event::Event& event;
  const std::optional<std::string>& hostname;
};

bool matches(const policy::Match& match, const Question& question) {
  auto const holds = [&](const policy::Clause& clause) {
    return clause_matches(clause, question.event, question.hostname);
  };
  return std::all_of(match.all.begin(), match.all.end(), holds) &&
         std::none_of(match.none.begin(), match.none.end(), holds);
}

MatchTrace trace_match(const policy::Match& match, const policy::SubjectSet& applies_to,
                       const Question& question) {
  MatchTrace trace;
  trace.applies_to_event = applies_to.contains(question.event.subject);
  if (!trace.applies_to_event)
    return trace;
  for (const policy::Clause& clause : match.all)
    trace.clauses.push_back(
        {&clause, false, clause_matches(clause, question.event, question.hostname)});
  for (const policy::Clause& clause : match.none)
    trace.clauses.push_back(
        {&clause, true, !clause_matches(clause, question.event, question.hostname)});
  trace.matched = std::all_of(trace.clauses.begin(), trace.clauses.end(),
                              [](const ClauseTrace& clause) { return clause.holds; });
  return trace;
}

void record(const policy::Policy& policy, const Question& question, Trace& trace) {
  for (const policy::Guard& guard : policy.guards) {
    trace.guards.push_back(trace_match(guard.match, guard.applies_to, question));
    trace.guards.back().guard = &guard;
  }
  for (const policy::Rule& rule : policy.rules) {
    trace.rules.push_back(trace_match(rule.match, rule.applies_to, question));
    trace.rules.back().rule = &rule;
  }
}

Decision by_rule(const policy::Rule& rule) {
  switch (rule.action) {
  case policy::Action::discover:
    return {.outcome = Outcome::discover, .rule = &rule};
  case policy::Action::connect:
    return {.outcome = Outcome::connect, .rule = &rule};
  case policy::Action::ignore:
    return {.outcome = Outcome::ignored, .reason = Reason::ignored_by_rule, .rule = &rule};
  }
  return {};
}

// A target is wanted. Whose event it is, the plan looks up (plan/target_of.hpp).
const policy::Target* wanted_by(const policy::Policy& policy, const event::Event& event) {
  if (event.target.empty())
    return nullptr;
  const policy::Target* const target = policy.find_target(event.target);
  return target && target->subject() == event.subject ? target : nullptr;
}

// The firmware's table names it. An event file may say so without a table at hand.
bool is_wanted_by_firmware(const policy::Policy& policy, const event::Event& event) {
  return policy.nbft == policy::NbftUse::use &&
         (event.in_table == event::InTable::path || event.kind == base::EventKind::firmware);
}

Outcome outcome_for(base::Subject subject) {
  return subject == base::Subject::discovery_controller ? Outcome::discover : Outcome::connect;
}

} // namespace

const policy::Guard* denied_by(const policy::Policy& policy, const event::Event& event,
                               const std::optional<std::string>& hostname) {
  for (const policy::Guard& guard : policy.guards)
    if (guard.applies_to.contains(event.subject) && matches(guard.match, {event, hostname}))
      return &guard;
  return nullptr;
}

Decision decide(const policy::Policy& policy, const event::Event& event,
                const std::optional<std::string>& hostname, Trace* trace) {
  Question const question{event, hostname};
  if (trace)
    record(policy, question, *trace);
  if (const policy::Guard* guard = denied_by(policy, event, hostname))
    return {.outcome = Outcome::denied, .reason = Reason::denied, .guard = guard};
  return decide_without_guards(policy, event, hostname);
}

Decision decide_without_guards(const policy::Policy& policy, const event::Event& event,
                               const std::optional<std::string>& hostname) {
  Question const question{event, hostname};
  for (const policy::Rule& rule : policy.rules)
    if (rule.applies_to.contains(event.subject) && matches(rule.match, question))
      return by_rule(rule);
  if (const policy::Target* const target = wanted_by(policy, event))
    return {.outcome = outcome_for(target->subject()), .target = target};
  if (is_wanted_by_firmware(policy, event))
    return {.outcome = outcome_for(event.subject), .firmware = true};
  return {.outcome = Outcome::ignored, .reason = Reason::no_rule_matched};
}

std::optional<Closest> closest_rule(const Trace& trace) {
  std::optional<Closest> best;
  for (const MatchTrace& rule : trace.rules) {
    if (!rule.applies_to_event || rule.matched)
      continue;
    Closest candidate{.rule = &rule, .total = rule.clauses.size()};
    for (const ClauseTrace& clause : rule.clauses) {
      if (clause.holds)
        ++candidate.holding;
      else if (!candidate.first_failed)
        candidate.first_failed = &clause;
    }
    // holding/total > best.holding/best.total without division
    if (candidate.holding > 0 &&
        (!best || candidate.holding * best->total > best->holding * candidate.total))
      best = candidate;
  }
  return best;
}

} // namespace nvmf::decide
