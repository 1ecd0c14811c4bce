// The decision: guards first, then the rules in order; the first that matches decides. Where none
// does, what a target or the firmware's table names is wanted.
//
// Guards are final. One that looks at the host side or the identity is held against those that
// would be used, where something is wanted: it lets pass what a rule connects as somebody else.
//
// Pure: the same policy, event and host name give the same decision.
#pragma once

#include "decide/outcome.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nvmf::decide {

// Pointers lead into the policy, which must outlive the decision.
struct Decision {
  Outcome outcome = Outcome::ignored; // discover, connect, denied or ignored
  std::optional<Reason> reason;       // set for denied and ignored
  const policy::Rule* rule = nullptr; // that decided (also for ignored-by-rule)
  const policy::Guard* guard = nullptr;
  const policy::Target* target = nullptr; // that wants it, where no rule matched
  bool firmware = false;                  // its table wants it, where no rule and no target does
};

// How one clause of a match came out.
struct ClauseTrace {
  const policy::Clause* clause = nullptr;
  bool negated = false; // is under `not`
  bool holds = false;   // the clause's contribution: for a negated one, that it did not match
};

// How one guard or rule came out.
struct MatchTrace {
  const policy::Rule* rule = nullptr; // one of the two
  const policy::Guard* guard = nullptr;
  bool applies_to_event = false; // else no clause was looked at
  bool matched = false;
  std::vector<ClauseTrace> clauses; // in the order of the policy; all of them
};

// Every guard and every rule, in order, all clauses looked at; also those after the one that
// decided.
struct Trace {
  std::vector<MatchTrace> guards;
  std::vector<MatchTrace> rules;
};

// The decision of an event that keeps its host side; the identity is the one that a target or the
// rule gives it. `hostname` is `uname -n`; with none, a `hostname` clause does not hold. With
// `trace`, also says how every guard and rule came out; without, nothing is spent on it.
Decision decide(const policy::Policy& policy, const event::Event& event,
                const std::optional<std::string>& hostname, Trace* trace = nullptr);

// The same before the host side and the identity are known: an event that something wants is denied
// only by guards that look at neither, and `denied_by` decides about it in the end.
Decision decide_wish(const policy::Policy& policy, const event::Event& event,
                     const std::optional<std::string>& hostname, Trace* trace = nullptr);

// The decision of rules and targets, without the guards.
Decision decide_without_guards(const policy::Policy& policy, const event::Event& event,
                               const std::optional<std::string>& hostname);

// The first guard that matches the event, with the host side and the identity that would be used.
const policy::Guard* denied_by(const policy::Policy& policy, const event::Event& event,
                               const std::optional<std::string>& hostname);

// One guard alone, likewise.
bool denies(const policy::Guard& guard, const event::Event& event,
            const std::optional<std::string>& hostname);

// How every guard comes out for the event with the host side and the identity that would be used.
std::vector<MatchTrace> trace_guards(const policy::Policy& policy, const event::Event& event,
                                     const std::optional<std::string>& hostname);

// The guard names `host-traddr`, `host-iface`, `host-nqn` or `identity`.
bool looks_at_final_values(const policy::Guard& guard);

// The event as the guards see it once the rule wants it: with the rule's identity by name, and its
// host NQN where the policy says it. A target that names an identity and the firmware's table keep
// their own, which the event has already.
event::Event as_used(const policy::Policy& policy, event::Event event, const policy::Rule* rule);

// One clause against one event, without `not`.
bool clause_matches(const policy::Clause& clause, const event::Event& event,
                    const std::optional<std::string>& hostname);

// One pattern against the event's value of `key`.
bool pattern_matches(policy::MatchKey key, const policy::Pattern& pattern,
                     const event::Event& event, const std::optional<std::string>& hostname);

// The event's value of a key, as text for people; nothing if it has none.
std::optional<std::string> value_of(const event::Event& event, policy::MatchKey key,
                                    const std::optional<std::string>& hostname);

// The rule that came closest: of those that apply to the event's subject the one with the largest
// share of clauses that hold, the first of equals; nothing if none holds any clause.
struct Closest {
  const MatchTrace* rule = nullptr;
  const ClauseTrace* first_failed = nullptr;
  std::size_t holding = 0;
  std::size_t total = 0;
};
std::optional<Closest> closest_rule(const Trace& trace);

} // namespace nvmf::decide
