// Why an event is decided as it is, as a value; text and JSON are made from it.
#pragma once

#include "cli/host_answer.hpp"
#include "cli/terminal.hpp"
#include "decide/decide.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"
#include "service/logged_decision.hpp"

#include <optional>
#include <string>

namespace nvmf::cli {

struct Explanation {
  event::Event event;
  std::optional<std::string> hostname;
  decide::Decision decision;
  decide::Trace trace;
  // The guards were held against this: the event with what would be used, where it is wanted.
  event::Event guarded;
  // A guard denied it once the host side and the identity were known.
  bool denied_late = false;
  // For a denied event: the decision of the rules without the guard.
  std::optional<decide::Decision> without_guards;
  // The answer of this host; without items it was not asked.
  HostAnswer host;
  // For an event from the journal: what was decided when it happened.
  std::optional<service::LoggedDecision> logged;
};

// By guards and rules alone. Pointers of the result lead into `policy`.
Explanation explain(const policy::Policy& policy, const event::Event& event,
                    const std::optional<std::string>& hostname);

// Puts the host's answer on it: guards are held against the host side and the identity that its
// plan would use.
void take_answer(const policy::Policy& policy, HostAnswer answer, Explanation& explanation);

// The outcome as the first word of an answer: `CONNECT`.
std::string outcome_word(decide::Outcome outcome, const Palette& palette);

// One line for the verdict, one for each guard and rule, the closest rule, what this host says,
// what was decided before. The first word is the plan's outcome. In a window lines are wrapped.
std::string explanation_text(const policy::Policy& policy, const Explanation& explanation,
                             const Screen& screen);

// One rule or guard with every clause; `name` may be the full one. None if there is no such rule.
std::optional<std::string> why_not_text(const policy::Policy& policy,
                                        const Explanation& explanation, const std::string& name);

// One document: `{format_version, explanations: [...]}`.
std::string explanations_json(const policy::Policy& policy,
                              const std::vector<Explanation>& explanations);

// The same for an event from which nothing follows: nothing was put to guards and rules.
std::string ignored_event_json(const std::string& why);

} // namespace nvmf::cli
