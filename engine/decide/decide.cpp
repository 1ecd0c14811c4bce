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

std::vector<MatchTrace> trace_rules(const policy::Policy& policy, const Question& question) {
  std::vector<MatchTrace> traces;
  for (const policy::Rule& rule : policy.rules) {
    traces.push_back(trace_match(rule.match, rule.applies_to, question));
    traces.back().rule = &rule;
  }
  return traces;
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

bool is_wanted(const Decision& decision) {
  return decision.outcome == Outcome::discover || decision.outcome == Outcome::connect;
}

Decision denied(const policy::Guard* guard) {
  return {.outcome = Outcome::denied, .reason = Reason::denied, .guard = guard};
}

// A guard that looks at the values of the event alone.
const policy::Guard* denied_as_it_came(const policy::Policy& policy, const Question& question) {
  for (const policy::Guard& guard : policy.guards)
    if (!looks_at_final_values(guard) && denies(guard, question.event, question.hostname))
      return &guard;
  return nullptr;
}

// The values that the policy itself gives; an identity's file is not read here.
void take_identity(const policy::Policy& policy, const std::string& name, event::Event& event) {
  event.identity = name;
  event.host_nqn.clear();
  event.hostid.clear();
  auto const identity = policy.identities.find(name);
  if (identity != policy.identities.end() && identity->second.hostnqn &&
      !identity->second.hostnqn->is_file)
    event.host_nqn = identity->second.hostnqn->text;
}

} // namespace

bool looks_at_final_values(const policy::Guard& guard) {
  auto const is_settled_late = [](const policy::Clause& clause) {
    return clause.key == policy::MatchKey::host_traddr ||
           clause.key == policy::MatchKey::host_iface || clause.key == policy::MatchKey::host_nqn ||
           clause.key == policy::MatchKey::identity;
  };
  return std::any_of(guard.match.all.begin(), guard.match.all.end(), is_settled_late) ||
         std::any_of(guard.match.none.begin(), guard.match.none.end(), is_settled_late);
}

event::Event as_used(const policy::Policy& policy, event::Event event, const policy::Rule* rule) {
  const policy::Target* const target =
      event.target.empty() ? nullptr : policy.find_target(event.target);
  bool const is_in_table =
      event.in_table != event::InTable::nothing || event.kind == base::EventKind::firmware;
  // A target's own identity is the event's already.
  bool const is_settled = is_in_table || (target && target->identity);
  if (rule && rule->identity && !is_settled)
    take_identity(policy, *rule->identity, event);
  return event;
}

bool denies(const policy::Guard& guard, const event::Event& event,
            const std::optional<std::string>& hostname) {
  return guard.applies_to.contains(event.subject) && matches(guard.match, {event, hostname});
}

const policy::Guard* denied_by(const policy::Policy& policy, const event::Event& event,
                               const std::optional<std::string>& hostname) {
  for (const policy::Guard& guard : policy.guards)
    if (denies(guard, event, hostname))
      return &guard;
  return nullptr;
}

std::vector<MatchTrace> trace_guards(const policy::Policy& policy, const event::Event& event,
                                     const std::optional<std::string>& hostname) {
  std::vector<MatchTrace> traces;
  for (const policy::Guard& guard : policy.guards) {
    traces.push_back(trace_match(guard.match, guard.applies_to, {event, hostname}));
    traces.back().guard = &guard;
  }
  return traces;
}

Decision decide(const policy::Policy& policy, const event::Event& event,
                const std::optional<std::string>& hostname, Trace* trace) {
  Decision const wish = decide_wish(policy, event, hostname, trace);
  if (!is_wanted(wish) || policy.guards.empty())
    return wish;
  event::Event const used = as_used(policy, event, wish.rule);
  if (trace)
    trace->guards = trace_guards(policy, used, hostname);
  const policy::Guard* const guard = denied_by(policy, used, hostname);
  return guard ? denied(guard) : wish;
}

Decision decide_wish(const policy::Policy& policy, const event::Event& event,
                     const std::optional<std::string>& hostname, Trace* trace) {
  Question const question{event, hostname};
  if (trace)
    *trace = {.guards = trace_guards(policy, event, hostname),
              .rules = trace_rules(policy, question)};
  if (const policy::Guard* const guard = denied_as_it_came(policy, question))
    return denied(guard);
  Decision const wish = decide_without_guards(policy, event, hostname);
  if (is_wanted(wish))
    return wish;
  const policy::Guard* const guard = denied_by(policy, event, hostname);
  return guard ? denied(guard) : wish;
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
