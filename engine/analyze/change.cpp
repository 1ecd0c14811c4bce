#include "analyze/change.hpp"

#include "base/connect_option.hpp"
#include "event/from_target.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

enum class Verdict : std::uint8_t { connects, discovers, denies, ignores };

Verdict verdict(const Decider& decider) {
  if (decider.guard)
    return Verdict::denies;
  if (!decider.rule)
    return Verdict::ignores;
  switch (decider.rule->action) {
  case policy::Action::connect:
    return Verdict::connects;
  case policy::Action::discover:
    return Verdict::discovers;
  case policy::Action::ignore:
    return Verdict::ignores;
  }
  return Verdict::ignores;
}

std::optional<ChangeKind> within(Verdict both, const DecidingSide& before,
                                 const DecidingSide& after) {
  switch (both) {
  case Verdict::connects:
  case Verdict::discovers:
    if (before.settings != after.settings)
      return ChangeKind::other_options;
    return std::nullopt;
  case Verdict::denies:
    if (before.decider.guard->name != after.decider.guard->name ||
        before.decider.guard->reason != after.decider.guard->reason)
      return ChangeKind::other_guard;
    return std::nullopt;
  case Verdict::ignores:
    if ((before.decider.rule == nullptr) != (after.decider.rule == nullptr))
      return ChangeKind::other_reason;
    return std::nullopt;
  }
  return std::nullopt;
}

// What a target says itself, on top of the rule that accepts it.
Settings settings_of(const policy::Target& target) {
  Settings settings;
  auto const add = [&](const policy::OptionSettings& options) {
    for (const auto& [id, setting] : options)
      settings.emplace(base::connect_option(id).name, base::to_policy_text(id, setting.value));
  };
  add(target.connect);
  for (const auto& profile : target.profiles)
    add(profile->connect);
  if (target.identity)
    settings.emplace("identity", *target.identity);
  if (target.persistent)
    settings.emplace("persistent", policy::to_string(*target.persistent));
  return settings;
}

const policy::Target* target_named(const policy::Policy& policy, const std::string& name) {
  auto const found = std::find_if(policy.targets.begin(), policy.targets.end(),
                                  [&](const policy::Target& t) { return t.name == name; });
  return found == policy.targets.end() ? nullptr : &*found;
}

bool acts(const decide::Decision& decision) {
  return decision.outcome == decide::Outcome::connect ||
         decision.outcome == decide::Outcome::discover;
}

// A target that the new policy has and the old one has not, or not for this endpoint.
Change added(const policy::Policy& policy, const policy::Target& target) {
  Change change{.event = event::from_target(target), .only_after = true};
  change.after = decide::decide(policy, change.event, std::nullopt);
  change.kind = change.after.outcome == decide::Outcome::connect    ? ChangeKind::newly_connected
                : change.after.outcome == decide::Outcome::discover ? ChangeKind::newly_discovered
                                                                    : ChangeKind::other_target;
  return change;
}

Change reversed(Change change) {
  change.kind = opposite(change.kind);
  std::swap(change.before, change.after);
  std::swap(change.only_before, change.only_after);
  return change;
}

void compare(const policy::Policy& before, const policy::Target& old_target,
             const policy::Policy& after, const policy::Target& new_target,
             std::vector<Change>& changes_found) {
  Change change{.kind = ChangeKind::other_options, .event = event::from_target(new_target)};
  change.before = decide::decide(before, change.event, std::nullopt);
  change.after = decide::decide(after, change.event, std::nullopt);
  change.settings = changes(settings_of(old_target), settings_of(new_target));
  if (acts(change.before) && acts(change.after) && !change.settings.empty())
    changes_found.push_back(std::move(change));
}

} // namespace

std::optional<ChangeKind> change_of(const DecidingSide& before, const DecidingSide& after) {
  Verdict const old_verdict = verdict(before.decider);
  Verdict const new_verdict = verdict(after.decider);
  if (old_verdict == new_verdict)
    return within(old_verdict, before, after);
  switch (new_verdict) {
  case Verdict::connects:
    return ChangeKind::newly_connected;
  case Verdict::discovers:
    return ChangeKind::newly_discovered;
  case Verdict::denies:
  case Verdict::ignores:
    break;
  }
  switch (old_verdict) {
  case Verdict::connects:
    return ChangeKind::no_longer_connected;
  case Verdict::discovers:
    return ChangeKind::no_longer_discovered;
  case Verdict::denies:
    return ChangeKind::no_longer_denied;
  case Verdict::ignores:
    return ChangeKind::newly_denied;
  }
  return std::nullopt;
}

void add_target_changes(const policy::Policy& before, const policy::Policy& after,
                        std::vector<Change>& changes_found) {
  for (const policy::Target& target : after.targets) {
    const policy::Target* old_target = target_named(before, target.name);
    if (old_target && event::from_target(*old_target) == event::from_target(target))
      compare(before, *old_target, after, target, changes_found);
    else
      changes_found.push_back(added(after, target));
  }
  for (const policy::Target& target : before.targets) {
    const policy::Target* new_target = target_named(after, target.name);
    if (!new_target || event::from_target(*new_target) != event::from_target(target))
      changes_found.push_back(reversed(added(before, target)));
  }
}

} // namespace nvmf::analyze
