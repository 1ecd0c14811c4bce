#include "base/nearest.hpp"
#include "cli/policy_test.hpp"
#include "decide/decide.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;

constexpr std::uint16_t unknown_name = 901;
constexpr std::uint16_t contradictory = 903;
constexpr std::uint16_t lacks_field = 904;

template <class Named>
const Named* find(const policy::Policy& policy, const std::vector<Named>& all,
                  const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) {
    return one.full_name == name || policy.shown_name(one) == name;
  });
  return found == all.end() ? nullptr : &*found;
}

template <class Named>
const Named* known(const policy::Policy& policy, const std::vector<Named>& all,
                   std::string_view what, const std::string& name, const diag::Span& span,
                   diag::Sink& sink) {
  const Named* found = find(policy, all, name);
  if (found != nullptr)
    return found;
  std::vector<std::string> names;
  for (const Named& one : all)
    names.push_back(policy.shown_name(one));
  auto& finding =
      sink.add(unknown_name, fmt::format("the policy has no {} `{}`", what, name), span);
  if (const auto near = base::nearest(name, names))
    finding.help = fmt::format("did you mean `{}`?", *near);
  return nullptr;
}

// What a rule with this action can lead to.
bool can_lead_to(policy::Action action, Outcome outcome) {
  switch (outcome) {
  case Outcome::discover:
    return action == policy::Action::discover;
  case Outcome::connect:
  case Outcome::keep:
  case Outcome::differs:
    return action == policy::Action::connect;
  case Outcome::ignored:
    return true; // by the rule, or as a duplicate
  case Outcome::refused:
    return action != policy::Action::ignore;
  case Outcome::denied:
    return false;
  }
  return false;
}

void check_contradictions(const PolicyTest& test, const policy::Rule* rule, diag::Sink& sink) {
  const Expectation& expect = test.expect;
  const auto place = [&](const char* key) { return expect.places.at(key); };
  const std::string outcome(to_string(expect.outcome));
  if (expect.rule && expect.guard)
    sink.add(contradictory, "a rule and a guard cannot both decide", place("guard"));
  if (rule != nullptr && !can_lead_to(rule->action, expect.outcome))
    sink.add(contradictory,
             fmt::format("rule `{}` is `{}`, it never leads to `{}`", *expect.rule,
                         to_string(rule->action), outcome),
             place("rule"));
  if (expect.guard && expect.outcome != Outcome::denied)
    sink.add(contradictory, fmt::format("a guard leads to `denied`, not to `{}`", outcome),
             place("guard"));
  const bool is_tried = expect.outcome != Outcome::ignored && expect.outcome != Outcome::denied;
  if (!is_tried && !expect.connect.empty())
    sink.add(contradictory, fmt::format("what is `{}` has no connect options", outcome),
             place("connect"));
  if (!is_tried && !expect.retry_schedule.empty())
    sink.add(contradictory, fmt::format("what is `{}` is not retried", outcome),
             place("retry-schedule"));
  if (expect.outcome == Outcome::connect && expect.reason)
    sink.add(contradictory, "what is `connect` has no reason", place("reason"));
}

// A key that the expected rule wants and the event cannot have.
void check_fields(const PolicyTestFile& file, const PolicyTest& test, const policy::Rule& rule,
                  diag::Sink& sink) {
  const auto* event = std::get_if<event::Event>(&test.event);
  if (event == nullptr)
    return;
  const auto& hostname = test.facts ? test.facts->hostname : file.facts.hostname;
  for (const policy::Clause& clause : rule.match.all) {
    const bool has = clause.key == policy::MatchKey::udev
                         ? event->udev.contains(clause.udev_property)
                         : decide::value_of(*event, clause.key, hostname).has_value();
    const bool filled_in =
        clause.key == policy::MatchKey::host_nqn || clause.key == policy::MatchKey::source;
    if (!has && !filled_in)
      sink.add(lacks_field,
               fmt::format("rule `{}` wants `{}`, which the event does not have", *test.expect.rule,
                           to_string(clause.key)),
               test.span);
  }
}

} // namespace

void check_policy_tests(const PolicyTestFile& file, const policy::Policy& policy,
                        diag::Sink& sink) {
  for (const PolicyTest& test : file.tests) {
    const Expectation& expect = test.expect;
    const policy::Rule* rule = nullptr;
    if (expect.rule)
      rule = known(policy, policy.rules, "rule", *expect.rule, expect.places.at("rule"), sink);
    if (expect.guard)
      known(policy, policy.guards, "guard", *expect.guard, expect.places.at("guard"), sink);
    check_contradictions(test, rule, sink);
    if (rule != nullptr)
      check_fields(file, test, *rule, sink);
  }
}

} // namespace nvmf::cli
