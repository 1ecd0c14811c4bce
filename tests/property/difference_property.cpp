#include "analyze/change.hpp"
#include "property/properties.hpp"
#include "property/random_policy.hpp"
#include "property/reference_matcher.hpp"
#include "property/to_engine.hpp"

#include <algorithm>
#include <rapidcheck.h>
#include <set>
#include <tuple>

namespace nvmf::property {

namespace {

using analyze::ChangeKind;
using Entry = std::tuple<ChangeKind, std::string, std::string>;

Entry entry(const analyze::Change& change) {
  return {change.kind, to_text(change.before).name, to_text(change.after).name};
}

Entry reversed(const Entry& entry) {
  return {analyze::opposite(std::get<0>(entry)), std::get<2>(entry), std::get<1>(entry)};
}

// How two decisions of one event of the transport differ; nothing if they do not.
std::optional<ChangeKind> change_between(const policy::Policy& before_policy,
                                         const decide::Decision& before,
                                         const policy::Policy& after_policy,
                                         const decide::Decision& after, base::Transport transport) {
  auto const settings = [](const policy::Policy& policy, const decide::Decision& decision) {
    return decision.rule ? analyze::settings_of(policy, *decision.rule) : analyze::Settings();
  };
  analyze::Settings const old_settings = settings(before_policy, before);
  analyze::Settings const new_settings = settings(after_policy, after);
  return analyze::change_of(
      {{before.guard, before.rule}, old_settings, analyze::SourceNames(before_policy)},
      {{after.guard, after.rule}, new_settings, analyze::SourceNames(after_policy)}, {transport});
}

struct DifferenceTrial {
  TextPolicy before_text;
  TextPolicy after_text;
  policy::Policy before;
  policy::Policy after;

  void fail(const std::string& why) const {
    RC_FAIL(to_text(before_text) + "against\n" + to_text(after_text) + why);
  }

  std::set<Entry> entries(const analyze::Difference& difference) const {
    std::set<Entry> result;
    if (difference.incomplete)
      fail("incomplete");
    for (const analyze::Change& change : difference.changes)
      result.insert(entry(change));
    return result;
  }

  // The reference matcher says the same of the change's example.
  void check(const analyze::Change& change) const {
    TextEvent const event = to_text_event(change.event, change.hostname);
    if (decide(before_text, event) != to_text(change.before) ||
        decide(after_text, event) != to_text(change.after))
      fail("the example is decided otherwise: " + to_text(event));
  }

  // An event that is decided differently belongs to a change that was found.
  void check(const TextEvent& event, const std::set<Entry>& found) const {
    auto const decided = [&](const policy::Policy& policy) {
      return decide::decide(policy, to_engine(event), hostname_of(event));
    };
    auto const old_decision = decided(before);
    auto const new_decision = decided(after);
    auto const kind =
        change_between(before, old_decision, after, new_decision, to_engine(event).endpoint.transport);
    if (kind &&
        !found.contains(Entry(*kind, to_text(old_decision).name, to_text(new_decision).name)))
      fail("not found: " + to_text(event));
  }
};

} // namespace

// 100 pairs of policies of rapidcheck's own count, 1,000 events each.
bool difference_agrees_with_sampling() {
  bool const sampled = rc::check(
      "the difference of two policies agrees with sampled events", [](std::uint64_t seed) {
        Random random(seed);
        TextPolicy const text = random_policy(random, Keys::all);
        TextPolicy const other =
            random.one_in(3) ? random_policy(random, Keys::all) : changed(text, random, Keys::all);
        DifferenceTrial const trial{text, other, to_engine(text), to_engine(other)};
        auto const difference = analyze::difference(trial.before, trial.after);
        auto const found = trial.entries(difference);
        for (const analyze::Change& change : difference.changes)
          trial.check(change);
        for (int i = 0; i < 1000; ++i)
          trial.check(random_event(random), found);
        std::set<Entry> expected;
        for (const Entry& one : found)
          expected.insert(reversed(one));
        auto const back = analyze::difference(trial.after, trial.before);
        if (trial.entries(back) != expected)
          trial.fail("not symmetric");
      });
  return rc::check("a policy does not differ from itself",
                   [](std::uint64_t seed) {
                     Random random(seed);
                     for (int i = 0; i < 10; ++i) {
                       TextPolicy const text = random_policy(random, Keys::all);
                       policy::Policy const one = to_engine(text);
                       policy::Policy const same = to_engine(text);
                       RC_ASSERT(analyze::difference(one, same).empty());
                     }
                   }) &&
         sampled;
}

} // namespace nvmf::property
