#include "cli/policy_test_run.hpp"

#include "cli/event_arguments.hpp"
#include "plan/identity.hpp"
#include "plan/run.hpp"
#include "plan/schedule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;
using Items = std::vector<plan::Item>;

// Gathers what differs.
class Comparison {
public:
  void same(const std::string& what, const std::string& expected, const std::string& got) {
    if (expected != got)
      differences_.push_back({what, expected, got});
  }
  std::vector<Difference> take() { return std::move(differences_); }

private:
  std::vector<Difference> differences_;
};

std::string decided_by(const plan::Item& item, plan::DecidedBy::Kind kind) {
  return item.decided_by && item.decided_by->kind == kind ? item.decided_by->name : "none";
}

template <class Named>
std::string shown_name(const policy::Policy& policy, const std::vector<Named>& all,
                       const std::string& name) {
  for (const Named& one : all)
    if (one.full_name == name || policy.shown_name(one) == name)
      return policy.shown_name(one);
  return name;
}

// Spellings of one value compare equal: `60s` and `1m`.
std::string canonical(base::OptionId id, const std::string& text) {
  const bool is_duration = base::connect_option(id).kind == base::OptionKind::seconds;
  const auto duration = is_duration ? base::parse_duration(text) : std::nullopt;
  return duration ? base::format_duration(*duration) : text;
}

std::string value_text(const plan::Item& item, base::OptionId id) {
  const auto found = item.connect.find(id);
  return found == item.connect.end() ? "null" : to_policy_text(id, found->second.value);
}

std::string schedule_text(const std::vector<base::Duration>& delays) {
  std::string text;
  for (const base::Duration delay : delays)
    text += (text.empty() ? "" : ", ") + base::format_duration(delay);
  return '[' + text + ']';
}

void compare_own_item(Comparison& comparison, const policy::Policy& policy,
                      const Expectation& expect, const plan::Item& item) {
  comparison.same("outcome", std::string(to_string(expect.outcome)),
                  std::string(to_string(item.outcome)));
  if (expect.rule)
    comparison.same("rule", shown_name(policy, policy.rules, *expect.rule),
                    decided_by(item, plan::DecidedBy::Kind::rule));
  if (expect.guard)
    comparison.same("guard", shown_name(policy, policy.guards, *expect.guard),
                    decided_by(item, plan::DecidedBy::Kind::guard));
  if (expect.reason)
    comparison.same("reason", std::string(to_string(*expect.reason)),
                    item.reason ? std::string(to_string(*item.reason)) : "none");
  for (const auto& [id, value] : expect.connect)
    comparison.same(fmt::format("connect.{}", base::connect_option(id).name), canonical(id, value),
                    canonical(id, value_text(item, id)));
  if (!expect.retry_schedule.empty()) {
    std::vector<base::Duration> delays;
    for (std::uint32_t n = 1; n <= expect.retry_schedule.size(); ++n)
      delays.push_back(plan::nominal_delay(item.retry, n));
    comparison.same("retry-schedule", schedule_text(expect.retry_schedule), schedule_text(delays));
  }
}

void compare_counts(Comparison& comparison, const Expectation& expect, const Items& items) {
  const auto with = [&](auto member, auto value) {
    return std::to_string(std::count_if(
        items.begin(), items.end(), [&](const plan::Item& item) { return item.*member == value; }));
  };
  if (expect.connects)
    comparison.same("connects", std::to_string(*expect.connects),
                    with(&plan::Item::outcome, Outcome::connect));
  for (const auto& [outcome, count] : expect.outcomes)
    comparison.same(fmt::format("outcomes.{}", to_string(outcome)), std::to_string(count),
                    with(&plan::Item::outcome, outcome));
  for (const auto& [reason, count] : expect.reasons)
    comparison.same(fmt::format("reasons.{}", to_string(reason)), std::to_string(count),
                    with(&plan::Item::reason, reason));
}

// Items that were put to guards and rules, rather than settled by the record itself.
bool was_decided(const plan::Item& item) {
  return item.decided_by || item.reason == decide::Reason::no_rule_matched;
}

// The command that shows why; options stand where a shell leaves them as they are.
std::string explain_command(const PolicyTestFile& file, const event::Event& event) {
  std::string command = "nvmf-policy";
  for (const std::string& path : file.policy)
    command += " --policy " + shell_word(path);
  return command + " explain " + arguments_of(event);
}

Items decide_all(const policy::Policy& policy, const decide::Facts& facts, const PolicyTest& test,
                 const event::Event& event, Coverage& coverage) {
  plan::Run run(policy, facts, plan::with_identity(policy, facts, event));
  const std::size_t own = run.decide_event().size();
  if (test.log)
    for (std::size_t at = 0; at < own; ++at)
      if (run.items()[at].outcome == Outcome::discover)
        run.decide_log(at, *test.log);
  for (std::size_t at = 0; at < run.items().size(); ++at) {
    if (!was_decided(run.items()[at]))
      continue;
    decide::Trace trace;
    const decide::Decision decision =
        decide::decide(policy, run.event_of(at), facts.hostname, &trace);
    coverage.see(decision, trace);
  }
  return run.items();
}

} // namespace

void Coverage::see(const decide::Decision& decision, const decide::Trace& trace) {
  if (decision.guard != nullptr)
    decided_.insert(decision.guard);
  else if (decision.rule != nullptr)
    decided_.insert(decision.rule);
  for (const auto* list : {&trace.guards, &trace.rules})
    for (const decide::MatchTrace& one : *list)
      for (const decide::ClauseTrace& clause : one.clauses)
        (clause.holds ? true_ : false_).insert(clause.clause);
}

TestResult run_policy_test(const policy::Policy& policy, const PolicyTestFile& file,
                           const PolicyTest& test, Coverage& coverage) {
  TestResult result{.name = test.name, .span = test.span};
  Comparison comparison;
  const auto* event = std::get_if<event::Event>(&test.event);
  if (event == nullptr) {
    const plan::Item ignored{.outcome = Outcome::ignored, .reason = decide::Reason::event_ignored};
    compare_own_item(comparison, policy, test.expect, ignored);
    result.differences = comparison.take();
    return result;
  }
  const decide::Facts& facts = test.facts ? *test.facts : file.facts;
  const Items items = decide_all(policy, facts, test, *event, coverage);
  compare_own_item(comparison, policy, test.expect, items.front());
  compare_counts(comparison, test.expect, items);
  result.differences = comparison.take();
  result.explain = explain_command(file, *event);
  return result;
}

} // namespace nvmf::cli
