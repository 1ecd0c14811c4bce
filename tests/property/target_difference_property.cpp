// Policies with targets: the events of a target, whatever their kind.
#include "analyze/change.hpp"
#include "policy/target_rule.hpp"
#include "property/properties.hpp"
#include "property/random_policy.hpp"
#include "property/reference_matcher.hpp"
#include "property/to_engine.hpp"

#include <algorithm>
#include <rapidcheck.h>

namespace nvmf::property {

namespace {

using analyze::ChangeKind;

// One of the two policies, and what it makes of an event.
struct Side {
  const TextPolicy& text;
  const policy::Policy& policy;

  const TextTarget* target_named(const std::string& name) const {
    auto const found = std::find_if(text.targets.begin(), text.targets.end(),
                                    [&](const TextTarget& one) { return one.name == name; });
    return found == text.targets.end() ? nullptr : &*found;
  }

  // As this policy has it: its target's, or not.
  TextEvent seen(TextEvent event) const {
    if (event.target.empty() || target_named(event.target))
      return event;
    std::erase(event.sources, event.target);
    event.target.clear();
    return event;
  }

  TextDecision decided(const TextEvent& event) const {
    return to_text(decide::decide(policy, to_engine(seen(event)), hostname_of(event)));
  }
};

// Where nobody names an identity, a target's later events bring theirs.
analyze::Settings without_identity(analyze::Settings settings) {
  settings.erase("hostnqn");
  settings.erase("hostid");
  return settings;
}

std::optional<ChangeKind> change_between(const Side& old_side, const Side& new_side,
                                         const TextEvent& event) {
  struct Decided {
    std::optional<policy::Rule> own;
    analyze::Decider decider;
    analyze::Settings settings;
    const policy::Target* target = nullptr;
  };
  auto const decided = [&](const Side& side, Decided& result) {
    TextEvent const seen = side.seen(event);
    auto const decision = decide::decide(side.policy, to_engine(seen), hostname_of(seen));
    result.target = side.policy.find_target(seen.target);
    if (decision.target)
      result.own = policy::rule_of_target(*decision.target);
    result.decider = {decision.guard, result.own ? &*result.own : decision.rule};
    if (const policy::Rule* const rule = result.decider.rule)
      result.settings =
          without_identity(result.target ? analyze::settings_of(side.policy, *rule, *result.target)
                                         : analyze::settings_of(side.policy, *rule));
  };
  Decided before;
  Decided after;
  decided(old_side, before);
  decided(new_side, after);
  return analyze::change_of(
      {before.decider, before.settings, analyze::SourceNames(old_side.policy), before.target},
      {after.decider, after.settings, analyze::SourceNames(new_side.policy), after.target},
      {base::Transport::tcp});
}

// An event of the target: its boot event, or another one.
TextEvent random_event_of(const TextTarget& target, Random& random) {
  bool const is_io = !target.subsystem_nqn.empty();
  TextEvent event = random_event(random);
  while (event.io_subsystem != is_io || event.values["event"] == "fc-discovery")
    event = random_event(random);
  event.values["transport"] = "tcp";
  event.values["traddr"] = target.traddr;
  event.values["trsvcid"] = is_io ? "4420" : "8009";
  event.values.erase("host-traddr");
  if (is_io)
    event.values["subsystem-nqn"] = target.subsystem_nqn;
  event.target = target.name;
  std::erase(event.sources, target.name);
  if (event.values["event"] == "boot") {
    event.sources.clear();
    event.values.erase("host-iface");
    event.values.erase("discovery-nqn");
    if (!is_io)
      event.values["discovery-nqn"] = "nqn.2014-08.org.nvmexpress.discovery";
  }
  event.sources.push_back(target.name);
  return event;
}

struct TargetTrial {
  Side before;
  Side after;

  void fail(const std::string& why) const {
    RC_FAIL(to_text(before.text) + "against\n" + to_text(after.text) + why);
  }

  // The reference matcher says the same of the change's example.
  void check(const analyze::Change& change) const {
    TextEvent const event = to_text_event(change.event, change.hostname);
    bool const old_agrees =
        change.only_after || decide(before.text, before.seen(event)) == to_text(change.before);
    bool const new_agrees =
        change.only_before || decide(after.text, after.seen(event)) == to_text(change.after);
    if (!old_agrees || !new_agrees)
      fail("the example is decided otherwise: " + to_text(event));
  }

  void check(const TextTarget& target, Random& random, const analyze::Difference& found) const {
    TextEvent const event = random_event_of(target, random);
    // To a policy that does not have the target its boot event does not exist.
    bool const both = before.target_named(target.name) && after.target_named(target.name);
    if (!both && event.values.at("event") == "boot")
      return;
    auto const kind = change_between(before, after, event);
    if (!kind)
      return;
    std::string const old_name = before.decided(event).name;
    std::string const new_name = after.decided(event).name;
    bool const was_found =
        std::any_of(found.changes.begin(), found.changes.end(), [&](const analyze::Change& one) {
          return one.kind == *kind && (one.only_after || to_text(one.before).name == old_name) &&
                 (one.only_before || to_text(one.after).name == new_name);
        });
    if (!was_found)
      fail("not found: " + to_text(event));
  }
};

} // namespace

bool target_difference_agrees_with_sampling() {
  return rc::check("the difference of two policies with targets agrees with sampled events of them",
                   [](std::uint64_t seed) {
                     Random random(seed);
                     TextPolicy text = random_policy(random, Keys::all);
                     TextPolicy other = random.one_in(3) ? text : changed(text, random, Keys::all);
                     text.targets = random_targets(random);
                     other.targets = random.one_in(3) ? text.targets : random_targets(random);
                     policy::Policy const before = to_engine(text);
                     policy::Policy const after = to_engine(other);
                     TargetTrial const trial{{text, before}, {other, after}};
                     auto const difference = analyze::difference(before, after);
                     if (difference.incomplete)
                       trial.fail("incomplete");
                     for (const analyze::Change& change : difference.changes)
                       trial.check(change);
                     for (const TextPolicy* policy : {&text, &other})
                       for (const TextTarget& target : policy->targets)
                         for (int i = 0; i < 100; ++i)
                           trial.check(target, random, difference);
                     if (analyze::difference(after, before).empty() != difference.empty())
                       trial.fail("not symmetric");
                   });
}

} // namespace nvmf::property
