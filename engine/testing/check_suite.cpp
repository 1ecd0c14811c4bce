#include "testing/check_suite.hpp"

#include "base/nearest.hpp"
#include "decide/decide.hpp"
#include "diag/codes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace nvmf::testing {

namespace {

namespace code = diag::code;

using decide::Outcome;
using decide::Reason;

template <class Named>
const Named* find(const policy::Policy& policy, const std::vector<Named>& all,
                  const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) {
    return one.full_name == name || policy.shown_name(one) == name;
  });
  return found == all.end() ? nullptr : &*found;
}

// The outcomes that a rule with this action can lead to.
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

// LANGUAGE, "Outcomes": which reasons an outcome has.
bool can_have(Outcome outcome, Reason reason) {
  if (reason == Reason::denied)
    return outcome == Outcome::denied;
  const bool of_ignored = reason <= Reason::event_ignored;
  return outcome == (of_ignored ? Outcome::ignored : Outcome::refused);
}

class Checker {
public:
  Checker(const policy::Policy& policy, diag::Sink& sink) : policy_(policy), sink_(sink) {}

  void check(Test& test) {
    const policy::Rule* rule = check_item(test.expect.event);
    for (ExpectedEntry& entry : test.expect.entries)
      check_item(entry.item);
    check_counts(test);
    check_names_of_facts(test);
    check_names_of_event(test);
    if (rule != nullptr)
      check_fields(test, *rule);
  }

private:
  void contradiction(std::string message, const diag::Span& span) {
    if (has_outcome_)
      sink_.add(code::contradictory, std::move(message), span);
  }

  // The thing of that name, whose shown name is put in its place; reports one that is not there.
  template <class Named>
  const Named* known(const std::vector<Named>& all, std::string_view what, ExpectedField& field) {
    if (const Named* found = find(policy_, all, field.text)) {
      field.text = policy_.shown_name(*found);
      return found;
    }
    std::vector<std::string> names;
    for (const Named& one : all)
      names.push_back(policy_.shown_name(one));
    auto& finding = sink_.add(
        code::unknown_name, fmt::format("the policy has no {} `{}`", what, field.text), field.span);
    if (const auto near = base::nearest(field.text, names))
      finding.help = fmt::format("did you mean `{}`?", *near);
    return nullptr;
  }

  // The rule that is expected to decide, where one is named and known.
  const policy::Rule* check_item(ExpectedItem& item) {
    const policy::Rule* rule = nullptr;
    const bool has_rule = item.find("rule") != nullptr;
    has_outcome_ = item.find("outcome") != nullptr;
    for (ExpectedField& field : item.fields) {
      if (field.name == "rule") {
        rule = known(policy_.rules, "rule", field);
        check_rule(item, rule, field);
      } else if (field.name == "guard") {
        known(policy_.guards, "guard", field);
        if (has_rule)
          contradiction("a rule and a guard cannot both decide", field.span);
        else if (item.outcome != Outcome::denied)
          contradiction(
              fmt::format("a guard leads to `denied`, not to `{}`", to_string(item.outcome)),
              field.span);
      } else if (field.name == "target") {
        if (!is_target(field.text))
          report_unknown_target(field.text, field.span);
        if (has_rule)
          contradiction("a rule and a target cannot both decide", field.span);
      } else if (field.name == "reason") {
        check_reason(item, has_rule, field);
      } else {
        check_other(item, field);
      }
    }
    return rule;
  }

  void check_rule(const ExpectedItem& item, const policy::Rule* rule, const ExpectedField& field) {
    if (rule != nullptr && !can_lead_to(rule->action, item.outcome))
      contradiction(fmt::format("rule `{}` is `{}`, it never leads to `{}`", field.text,
                                to_string(rule->action), to_string(item.outcome)),
                    field.span);
  }

  void check_reason(const ExpectedItem& item, bool has_rule, const ExpectedField& field) {
    const auto reason = decide::parse_reason(field.text);
    if (!can_have(item.outcome, *reason))
      contradiction(fmt::format("the outcome `{}` never has the reason `{}`",
                                to_string(item.outcome), field.text),
                    field.span);
    else if (has_rule && reason == Reason::no_rule_matched)
      contradiction("`rule` and `no-rule-matched` exclude each other", field.span);
  }

  void check_other(const ExpectedItem& item, const ExpectedField& field) {
    const bool is_tried = item.outcome != Outcome::ignored && item.outcome != Outcome::denied;
    if (is_tried)
      return;
    if (field.name.starts_with("connect."))
      contradiction(fmt::format("the outcome `{}` has no connect options", to_string(item.outcome)),
                    field.span);
    else if (field.name == "retry-schedule" || field.name == "string")
      contradiction(fmt::format("an event that is `{}` is not tried", to_string(item.outcome)),
                    field.span);
  }

  // Counts of what only a log can bring.
  void check_counts(const Test& test) {
    const Expectation& expect = test.expect;
    has_outcome_ = expect.event.find("outcome") != nullptr;
    const bool reads_log = expect.event.outcome == Outcome::discover;
    for (const ExpectedCount& count : expect.counts)
      for (const ExpectedCount& other : expect.counts)
        if (&count < &other && count.outcome && count.outcome == other.outcome &&
            count.count != other.count)
          contradiction(fmt::format("`{}` and `{}` differ", count.name, other.name), other.span);
    if (!reads_log || !test.log)
      for (const ExpectedCount& count : expect.counts)
        check_count_without_log(expect.event, count);
    if (!expect.entries.empty() && test.log && !reads_log)
      contradiction(
          fmt::format("no log is read for an event that is `{}`, so that it has no entries",
                      to_string(expect.event.outcome)),
          expect.entries.front().span);
  }

  // Without its log there is the event alone: one item, or one for each of its own paths, and all
  // of them have the outcome.
  void check_count_without_log(const ExpectedItem& event, const ExpectedCount& count) {
    const bool fits =
        count.outcome ? *count.outcome == event.outcome : can_have(event.outcome, *count.reason);
    const bool is_one = event.outcome == Outcome::ignored || event.outcome == Outcome::denied;
    if (count.count > 0 && !fits)
      contradiction(fmt::format("no log is read, so that there is only the event, which is `{}`",
                                to_string(event.outcome)),
                    count.span);
    else if (count.count > 1 && is_one)
      contradiction(fmt::format("no log is read, and an event that is `{}` counts once",
                                to_string(event.outcome)),
                    count.span);
    else if (count.count == 0 && count.outcome == event.outcome)
      contradiction(fmt::format("the event itself is `{}`, so that there is one at least",
                                to_string(event.outcome)),
                    count.span);
  }

  bool is_target(const std::string& name) const {
    return std::any_of(policy_.targets.begin(), policy_.targets.end(),
                       [&](const policy::Target& one) { return one.name == name; });
  }

  void check_names_of_event(const Test& test) {
    const auto* event = std::get_if<event::Event>(&test.event);
    if (event == nullptr)
      return;
    if (!event->target.empty() && !is_target(event->target))
      report_unknown_target(event->target, test.span);
    for (const std::string& source : event->sources) {
      if (!is_target(source) && source != "nbft" && source != "zeroconf" &&
          find(policy_, policy_.rules, source) == nullptr)
        sink_.add(code::unknown_name,
                  fmt::format("the event's source `{}` names neither a target nor a rule", source),
                  test.span);
    }
  }

  // Once for facts that several tests share.
  void check_names_of_facts(const Test& test) {
    if (test.facts == checked_facts_)
      return;
    checked_facts_ = test.facts;
    std::vector<std::string> names;
    for (const auto& [name, identity] : policy_.identities)
      names.push_back(name);
    for (const auto& [name, values] : test.facts->identities) {
      if (policy_.identities.contains(name))
        continue;
      auto& finding = sink_.add(
          code::unknown_name,
          fmt::format("the facts name the identity `{}`, which the policy does not have", name),
          test.span);
      if (const auto near = base::nearest(name, names))
        finding.help = fmt::format("did you mean `{}`?", *near);
    }
  }

  void report_unknown_target(const std::string& name, const diag::Span& span) {
    auto& finding =
        sink_.add(code::unknown_name, fmt::format("the policy has no target `{}`", name), span);
    std::vector<std::string> names;
    for (const policy::Target& one : policy_.targets)
      names.push_back(one.name);
    if (const auto near = base::nearest(name, names))
      finding.help = fmt::format("did you mean `{}`?", *near);
  }

  void check_fields(const Test& test, const policy::Rule& rule) {
    const auto* event = std::get_if<event::Event>(&test.event);
    if (event == nullptr)
      return;
    for (const policy::Clause& clause : rule.match.all) {
      const bool has = clause.key == policy::MatchKey::udev
                           ? event->udev.contains(clause.udev_property)
                           : decide::value_of(*event, clause.key, test.facts->hostname).has_value();
      // These are filled in from the facts and from the policy.
      const bool filled_in = clause.key == policy::MatchKey::host_nqn ||
                             clause.key == policy::MatchKey::identity ||
                             clause.key == policy::MatchKey::source;
      if (!has && !filled_in)
        sink_.add(code::lacks_field,
                  fmt::format("rule `{}` asks for `{}`, which the event of test `{}` does not have",
                              policy_.shown_name(rule), to_string(clause.key), test.name),
                  test.span);
    }
  }

  const policy::Policy& policy_;
  std::shared_ptr<const decide::Facts> checked_facts_;
  diag::Sink& sink_;
  bool has_outcome_ = true; // else nothing can contradict it
};

} // namespace

void check_suite(Suite& suite, const policy::Policy& policy, diag::Sink& sink) {
  Checker checker(policy, sink);
  for (Test& test : suite.tests)
    checker.check(test);
}

} // namespace nvmf::testing
