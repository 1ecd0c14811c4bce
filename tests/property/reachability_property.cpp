#include "analyze/overlap.hpp"
#include "analyze/reachability.hpp"
#include "property/properties.hpp"
#include "property/random_policy.hpp"
#include "property/reference_matcher.hpp"
#include "property/to_engine.hpp"

#include <algorithm>
#include <map>
#include <rapidcheck.h>

namespace nvmf::property {

namespace {

using analyze::Reach;

bool takes(const TextRule& rule, const TextEvent& event) {
  return applies_to(rule, event) && matches(rule.match, event);
}

const TextRule& rule_named(const TextPolicy& policy, const std::string& name) {
  return *std::find_if(policy.rules.begin(), policy.rules.end(),
                       [&](const TextRule& rule) { return rule.name == name; });
}

// The rule's options for events of the transport.
std::map<std::string, std::string> options_on(const TextRule& rule, const std::string& transport) {
  std::map<std::string, std::string> options;
  for (const auto& [name, value] : rule.options)
    if (name.find(' ') == std::string::npos)
      options.emplace(name, value);
  for (const auto& [name, value] : rule.options)
    if (name.starts_with(transport + ' '))
      options[name.substr(transport.size() + 1)] = value;
  return options;
}

bool decide_alike(const TextPolicy& policy, const TextRule& rule, const TextDecision& decision,
                  const TextEvent& event) {
  if (decision.outcome == "denied" || decision.name.empty())
    return false;
  const TextRule& other = rule_named(policy, decision.name);
  std::string const& transport = event.values.at("transport");
  return other.action == rule.action && other.identity == rule.identity &&
         options_on(other, transport) == options_on(rule, transport);
}

struct ReachabilityTrial {
  TextPolicy text;
  policy::Policy policy;
  analyze::Reachability result;

  [[noreturn]] void fail(const std::string& why) const {
    RC_FAIL(to_text(text) + why);
    std::abort();
  }

  // The example says what the finding says, by the reference matcher.
  void check_example(const analyze::RuleReach& reach) const {
    const TextRule& rule = rule_named(text, reach.rule->name);
    bool const expected = reach.reach != Reach::impossible && reach.reach != Reach::unknown;
    if (reach.example.has_value() != expected)
      fail(rule.name + ": example missing or too many");
    if (!expected)
      return;
    TextEvent const event = to_text_event(reach.example->event, reach.example->hostname);
    TextDecision const decision = decide(text, event);
    if (!takes(rule, event))
      fail(rule.name + " does not match its example " + to_text(event));
    bool right = false;
    switch (reach.reach) {
    case Reach::decides:
      right = decision.name == rule.name;
      break;
    case Reach::shadowed:
      right = !decide_alike(text, rule, decision, event);
      break;
    case Reach::redundant:
      right = decision.name != rule.name && decide_alike(text, rule, decision, event);
      break;
    case Reach::always_denied:
      right = decision.outcome == "denied";
      break;
    case Reach::impossible:
    case Reach::unknown:
      break;
    }
    if (!right)
      fail(rule.name + " is said to be " + std::string(to_string(reach.reach)) + ", but " +
           to_text(event) + "is decided by " + decision.name);
  }

  // An event that the rule matches agrees with what is said of the rule.
  void check_event(const analyze::RuleReach& reach, const TextRule& rule,
                   const TextEvent& event) const {
    TextDecision const decision = decide(text, event);
    bool const own = decision.name == rule.name;
    bool right = true;
    if (reach.reach == Reach::shadowed)
      right = !own;
    else if (reach.reach == Reach::redundant)
      right = decision.outcome == "denied" || (!own && decide_alike(text, rule, decision, event));
    else if (reach.reach == Reach::always_denied)
      // An earlier rule has other values for the guard; `covered` says that with the rule's it
      // denies.
      right = decision.outcome == "denied" || (!own && !decision.name.empty());
    else if (reach.reach == Reach::impossible)
      right = false;
    bool covered = reach.covered_by.empty();
    for (const analyze::Coverer& coverer : reach.covered_by) {
      if (coverer.rule)
        covered = covered || takes(rule_named(text, coverer.rule->name), event);
      for (const TextRule& guard : text.guards)
        covered = covered || (coverer.guard && guard.name == coverer.guard->name &&
                              takes(guard, as_used(rule, event)));
    }
    if (!right || !covered)
      fail(rule.name + " is said to be " + std::string(to_string(reach.reach)) + ", but " +
           to_text(event) + "is decided by " + decision.name);
  }

  void check_findings() const {
    for (const diag::Finding& finding : result.findings) {
      bool const needs_none = finding.code == 403;
      if (finding.witness.has_value() == needs_none)
        fail("finding without an example: " + finding.message);
    }
  }
};

bool excepts_host_sides(const TextPolicy& policy) {
  return std::any_of(policy.guards.begin(), policy.guards.end(), [](const TextRule& guard) {
    return std::any_of(guard.match.none.begin(), guard.match.none.end(), [](const auto& clause) {
      return clause.key == "host-traddr" || clause.key == "host-iface";
    });
  });
}

void check_overlaps(const ReachabilityTrial& trial) {
  for (const auto& pair : analyze::overlaps(trial.policy).pairs) {
    TextEvent const event = to_text_event(pair.example.event, pair.example.hostname);
    if (decide(trial.text, event).name != pair.first->name ||
        !takes(rule_named(trial.text, pair.second->name), event))
      trial.fail("overlap of " + pair.first->name + " and " + pair.second->name +
                 " is not shown by " + to_text(event));
  }
}

bool check(const char* title, Keys keys) {
  return rc::check(title, [keys](std::uint64_t seed) {
    Random random(seed);
    for (int round = 0; round < 10; ++round) {
      TextPolicy const text = random_policy(random, keys);
      ReachabilityTrial trial{text, to_engine(text), {}};
      trial.result = analyze::analyze(trial.policy);
      if (trial.result.incomplete)
        trial.fail("incomplete");
      for (const analyze::RuleReach& reach : trial.result.rules) {
        // With another route a guard against all but some host sides may let it pass.
        bool const may_be_open = excepts_host_sides(text);
        if (reach.reach == Reach::unknown && keys == Keys::exact && !may_be_open)
          trial.fail(reach.rule->name + " is left open");
        trial.check_example(reach);
      }
      trial.check_findings();
      check_overlaps(trial);
      for (int i = 0; i < 300; ++i) {
        TextEvent const event = random_event(random);
        for (std::size_t r = 0; r < text.rules.size(); ++r)
          if (takes(text.rules[r], event))
            trial.check_event(trial.result.rules[r], text.rules[r], event);
      }
    }
  });
}

} // namespace

bool reachability_agrees_with_sampling() {
  bool const exact = check("reachability agrees with sampled events", Keys::exact);
  return check("reachability is silent, never wrong, about hosts and properties", Keys::all) &&
         exact;
}

} // namespace nvmf::property
