// Why an event is decided as it is, as a value; text and JSON are made from it.
#pragma once

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
  // For a denied event: what the rules would have decided.
  std::optional<decide::Decision> without_guards;
  // For an event from the journal: what was decided when it happened.
  std::optional<service::LoggedDecision> logged;
};

// Pointers of the result lead into `policy`.
Explanation explain(const policy::Policy& policy, const event::Event& event,
                    const std::optional<std::string>& hostname);

// One line for the verdict, one for each guard and rule, the closest rule, what was decided
// before; the first word is CONNECT, DISCOVER, IGNORED or DENIED.
std::string explanation_text(const policy::Policy& policy, const Explanation& explanation,
                             const Palette& palette);

// One rule or guard with every clause; `name` may be the full one. None if there is no such rule.
std::optional<std::string> why_not_text(const policy::Policy& policy,
                                        const Explanation& explanation, const std::string& name);

// One document: `{format_version, explanations: [...]}`.
std::string explanations_json(const policy::Policy& policy,
                              const std::vector<Explanation>& explanations);

// The same for an event from which nothing follows: nothing was put to guards and rules.
std::string ignored_event_json(const std::string& why);

} // namespace nvmf::cli
