#include "testing/run_suite.hpp"

#include "event/event_arguments.hpp"
#include "fabrics/option_string.hpp"
#include "plan/identity.hpp"
#include "plan/run.hpp"
#include "plan/schedule.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace nvmf::testing {

namespace {

using decide::Outcome;
using Items = std::vector<plan::Item>;

std::string text_or_unset(const std::string& text) {
  return text.empty() ? std::string(unset) : text;
}

std::string decided_by(const plan::Item& item, plan::DecidedBy::Kind kind) {
  return item.decided_by && item.decided_by->kind == kind ? item.decided_by->name
                                                          : std::string(unset);
}

std::string option_text(const plan::Item& item, std::string_view name) {
  const base::OptionId id = base::find_connect_option(name)->id;
  const auto found = item.connect.find(id);
  return found == item.connect.end() ? std::string(unset) : to_policy_text(id, found->second.value);
}

// As many delays as are expected, or as there are; all of them where none is expected.
std::string schedule_text(const plan::Item& item, const std::string& expected) {
  const auto commas = static_cast<std::uint32_t>(std::count(expected.begin(), expected.end(), ','));
  const std::uint32_t wanted = expected == "[]" ? 1 : commas + 1;
  std::string text;
  base::Duration elapsed{0};
  for (std::uint32_t retry = 1; retry <= wanted; ++retry) {
    if (!plan::may_try_again(item.retry, retry, elapsed))
      break;
    const base::Duration delay = plan::nominal_delay(item.retry, retry);
    text += (text.empty() ? "" : ", ") + base::format_duration(delay);
    elapsed += delay;
  }
  return '[' + text + ']';
}

std::string persistence_text(const plan::Item& item) {
  if (item.persistent_if_supported)
    return "if-supported";
  return item.keep_connected ? "true" : "false";
}

std::optional<std::string> endpoint_text(const plan::Item& item, const std::string& name) {
  const base::Endpoint endpoint = item.tid.endpoint.value_or(base::Endpoint());
  if (name == "transport")
    return item.tid.endpoint ? std::string(to_string(endpoint.transport)) : std::string(unset);
  if (name == "traddr")
    return text_or_unset(to_text(endpoint.traddr));
  if (name == "trsvcid")
    return endpoint.trsvcid ? std::to_string(*endpoint.trsvcid) : std::string(unset);
  if (name == "host-traddr")
    return text_or_unset(to_text(endpoint.host_traddr));
  if (name == "host-iface")
    return text_or_unset(endpoint.host_iface);
  return std::nullopt;
}

std::string got(const plan::Item& item, const ExpectedField& field) {
  const std::string& name = field.name;
  if (name == "outcome")
    return std::string(to_string(item.outcome));
  if (name == "reason")
    return item.reason ? std::string(to_string(*item.reason)) : std::string(unset);
  if (name == "rule")
    return decided_by(item, plan::DecidedBy::Kind::rule);
  if (name == "guard")
    return decided_by(item, plan::DecidedBy::Kind::guard);
  if (name == "target")
    return decided_by(item, plan::DecidedBy::Kind::target);
  if (name.starts_with("connect."))
    return option_text(item, std::string_view(name).substr(8));
  if (name == "retry-schedule")
    return schedule_text(item, field.text);
  if (name == "host-nqn")
    return text_or_unset(item.tid.host_nqn);
  if (name == "persistent")
    return persistence_text(item);
  if (name == "string")
    return fabrics::redacted_option_string(item).value_or(std::string(unset));
  return endpoint_text(item, name).value_or(text_or_unset(item.tid.subsystem_nqn));
}

// Why an item is what it is, where guards and rules do not say it all: `explain` shows those.
std::string why(const plan::Item& item) {
  if (!item.reason || item.outcome == Outcome::denied)
    return {};
  std::string text(to_string(*item.reason));
  return item.detail.empty() ? text : text + ": " + item.detail;
}

// The same of those items that are refused, each reason once.
std::string why_refused(const Items& items) {
  std::vector<std::string> reasons;
  for (const plan::Item& item : items)
    if (item.outcome == Outcome::refused)
      if (std::string text = why(item);
          std::find(reasons.begin(), reasons.end(), text) == reasons.end())
        reasons.push_back(std::move(text));
  return fmt::format("{}", fmt::join(reasons, "; "));
}

// Gathers what differs.
class Comparison {
public:
  void item(const ExpectedItem& expected, const plan::Item& item, const std::string& where) {
    for (const ExpectedField& field : expected.fields)
      same(where + field.name, field.text, got(item, field),
           field.name == "outcome" ? why(item) : std::string());
  }

  void counts(const std::vector<ExpectedCount>& expected, const Items& items) {
    for (const ExpectedCount& count : expected) {
      const auto found = std::count_if(items.begin(), items.end(), [&](const plan::Item& item) {
        return count.outcome ? item.outcome == count.outcome : item.reason == count.reason;
      });
      const bool refused =
          count.outcome && count.outcome != Outcome::ignored && count.outcome != Outcome::denied;
      same(count.name, std::to_string(count.count), std::to_string(found),
           refused ? why_refused(items) : std::string());
    }
  }

  void entry(const ExpectedEntry& expected, const Items& items) {
    std::string where;
    for (const ExpectedField& field : expected.selector)
      where += (where.empty() ? "" : ", ") + field.text;
    where = fmt::format("entry {}: ", where);
    std::size_t count = 0;
    for (const plan::Item& item : items) {
      const bool is_meant =
          std::all_of(expected.selector.begin(), expected.selector.end(),
                      [&](const ExpectedField& field) { return got(item, field) == field.text; });
      if (!is_meant)
        continue;
      ++count;
      this->item(expected.item, item, where);
    }
    if (expected.paths)
      same(where + "paths", std::to_string(*expected.paths), std::to_string(count));
    else if (count == 0)
      same(where + "paths", "some", "0");
  }

  std::vector<Difference> take() { return std::move(differences_); }

private:
  void same(const std::string& what, const std::string& expected, const std::string& got,
            const std::string& why = {}) {
    if (expected != got)
      differences_.push_back({what, expected, got, why});
  }

  std::vector<Difference> differences_;
};

// Items that were put to guards and rules, rather than settled by the record itself.
bool was_decided(const plan::Item& item) {
  return item.decided_by || item.reason == decide::Reason::no_rule_matched;
}

struct Decided {
  Items items;
  std::size_t own = 0; // of them are the event's own
};

Decided decide_all(const policy::Policy& policy, const Test& test, const event::Event& event,
                   Coverage& coverage) {
  plan::Run run(policy, *test.facts, event);
  const std::size_t own = run.decide_event().size();
  if (test.log)
    for (std::size_t at = 0; at < own; ++at)
      if (run.items()[at].outcome == Outcome::discover)
        run.decide_log(at, *test.log);
  for (std::size_t at = 0; at < run.items().size(); ++at) {
    if (!was_decided(run.items()[at]))
      continue;
    const auto& hostname = test.facts->hostname;
    const plan::GuardedItem guarded = run.guarded(at);
    decide::Trace trace;
    decide::Decision decision = decide::decide_wish(policy, run.event_of(at), hostname, &trace);
    trace.guards = guarded.guards;
    if (run.items()[at].outcome == Outcome::denied && decision.guard == nullptr)
      decision.guard = guarded.denied_by();
    coverage.see(decision, trace);
  }
  return {run.items(), own};
}

// The properties of udev that some clause looks at.
std::map<std::string, std::string> looked_at(const policy::Policy& policy,
                                             const std::map<std::string, std::string>& udev) {
  std::map<std::string, std::string> result;
  const auto look_at = [&](const policy::Match& match) {
    for (const auto* clauses : {&match.all, &match.none})
      for (const policy::Clause& clause : *clauses)
        if (const auto found = udev.find(clause.udev_property); found != udev.end())
          result.insert(*found);
  };
  for (const policy::Guard& guard : policy.guards)
    look_at(guard.match);
  for (const policy::Rule& rule : policy.rules)
    look_at(rule.match);
  return result;
}

// Values that the facts add to an event cannot be given beside an event file: then the event is
// given in words.
std::string explain_arguments(const policy::Policy& policy, const Test& test,
                              const event::Event& event) {
  const decide::Facts& facts = *test.facts;
  std::string words;
  const bool says_identity = facts.identity || !facts.identities.empty();
  if (!test.event_path.empty() && !facts.hostname && !says_identity) {
    words = "--event " + event::shell_word(test.event_path);
  } else {
    event::Event complete = says_identity ? plan::with_identity(policy, facts, event) : event;
    complete.udev = looked_at(policy, complete.udev);
    words = event::arguments_of(complete);
    if (facts.hostname)
      words += " " + event::shell_word("hostname=" + *facts.hostname);
  }
  if (test.log)
    words += " --discovery-log " + event::shell_word(test.log_path);
  return words;
}

} // namespace

TestResult run_test(const policy::Policy& policy, const Test& test, Coverage& coverage) {
  TestResult result{.name = test.name, .span = test.span};
  Comparison comparison;
  const auto* event = std::get_if<event::Event>(&test.event);
  Decided decided{{{.outcome = Outcome::ignored, .reason = decide::Reason::event_ignored}}, 1};
  if (event != nullptr) {
    decided = decide_all(policy, test, *event, coverage);
    result.explain = explain_arguments(policy, test, *event);
  }
  // Several paths of the event's own come out one by one; the first that differs is shown.
  for (std::size_t at = 0; at < decided.own; ++at) {
    Comparison one;
    one.item(test.expect.event, decided.items[at], {});
    result.differences = one.take();
    if (!result.differences.empty())
      break;
  }
  comparison.counts(test.expect.counts, decided.items);
  for (const ExpectedEntry& entry : test.expect.entries)
    comparison.entry(entry, decided.items);
  for (Difference& difference : comparison.take())
    result.differences.push_back(std::move(difference));
  return result;
}

} // namespace nvmf::testing
