#include "analyze/difference.hpp"

#include "analyze/change.hpp"
#include "analyze/target_changes.hpp"
#include "analyze/witness.hpp"
#include "policy/target_rule.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nvmf::analyze {

namespace {

// Looks at every pair of an old and a new decider that can decide one event differently: is there
// an event that both decide, that is in both their regions and in none of an earlier one's?
class Comparison {
public:
  Comparison(const CompiledPolicy& before, const CompiledPolicy& after, Solver& solver)
      : before_(before), after_(after), solver_(solver),
        targets_(events_of_targets(before.policy(), after.policy(), solver.space())),
        directory_(all_regions()) {}

  Difference run() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      look_at_partners(i);
      look_at(i, std::nullopt);
    }
    for (std::size_t j = 0; j < after_.size(); ++j)
      look_at(std::nullopt, j);
    result_.incomplete = result_.incomplete || solver_.meter().incomplete() ||
                         !before_.is_exact() || !after_.is_exact();
    return std::move(result_);
  }

private:
  using Index = std::optional<std::size_t>; // none: no rule matches

  // The old deciders, then the new ones, then what targets decide.
  std::vector<const Region*> all_regions() const {
    auto result = before_.regions();
    auto const others = after_.regions();
    result.insert(result.end(), others.begin(), others.end());
    for (const Region& target : targets_)
      result.push_back(&target);
    return result;
  }

  std::size_t deciders() const { return before_.size() + after_.size(); }

  const Region& region(std::size_t combined) const {
    if (combined >= deciders())
      return targets_[combined - deciders()];
    return combined < before_.size() ? before_.region(combined)
                                     : after_.region(combined - before_.size());
  }

  void look_at_partners(std::size_t i) {
    for (std::size_t const other : directory_.candidates(i, deciders()))
      if (other >= before_.size())
        look_at(i, other - before_.size());
  }

  // Where no rule matches, `firmware` decides the events of its table.
  static DecidingSide side(const CompiledPolicy& policy, Index index,
                           const policy::Rule* firmware) {
    static const Settings none;
    if (index)
      return {policy.decider(*index), policy.settings(*index), policy.sources()};
    bool const counts = policy.policy().nbft == policy::NbftUse::use;
    return {{.rule = counts ? firmware : nullptr}, none, policy.sources()};
  }

  void look_at(Index i, Index j) {
    constexpr ShapeMask all = ~ShapeMask{0};
    if (i && j)
      return look_at(i, j, nullptr, all);
    ShapeMask const of_firmware = shapes_of(base::EventKind::firmware);
    look_at(i, j, nullptr, all & ~of_firmware);
    for (const policy::Rule& rule : firmware_rules_)
      look_at(i, j, &rule, of_firmware & shapes_of(subjects_of(rule)));
  }

  static policy::SubjectSet subjects_of(const policy::Rule& rule) {
    bool const discovers = rule.action == policy::Action::discover;
    return {.discovery_controllers = discovers, .io_subsystems = !discovers};
  }

  void look_at(Index i, Index j, const policy::Rule* firmware, ShapeMask shapes) {
    DecidingSide const before = side(before_, i, firmware);
    DecidingSide const after = side(after_, j, firmware);
    auto const kind = change_of(before, after);
    // The options of what no rule decides are not looked up here.
    if (!kind || (firmware != nullptr && *kind == ChangeKind::other_options))
      return;
    solver_.meter().begin_question();
    Region both = i && j ? intersection(before_.region(*i), after_.region(*j))
                  : i    ? before_.region(*i)
                         : after_.region(*j);
    both.shapes &= shapes;
    std::vector<SettingChange> settings;
    if (*kind == ChangeKind::other_options) {
      settings = settings_between(before, after, transports_of(both.shapes));
      both.shapes &= shapes_of(transports_of(settings)); // an event where they are seen
    }
    Remainder const rest = solver_.subtract(both, earlier(i, j));
    if (rest.empty == Truth::yes)
      return;
    if (rest.empty == Truth::unknown ||
        !report({.kind = *kind, .settings = std::move(settings)}, rest.cell, before, after))
      result_.incomplete = true;
  }

  // All that decide before either of the two and may overlap both, and targets, whose events are
  // compared with their settings.
  std::vector<const Region*> earlier(Index i, Index j) const {
    std::size_t const old_end = i.value_or(before_.size());
    std::size_t const new_end = before_.size() + j.value_or(after_.size());
    std::vector<std::size_t> found;
    if (i && j) {
      auto const of_old = directory_.candidates(*i);
      auto const of_new = directory_.candidates(before_.size() + *j);
      std::set_intersection(of_old.begin(), of_old.end(), of_new.begin(), of_new.end(),
                            std::back_inserter(found));
      // Neither is a candidate of itself, but may come first for the other: it does not matter, for
      // an event of both is the one's own.
    } else {
      found = directory_.candidates(i ? *i : before_.size() + *j);
    }
    std::vector<const Region*> result;
    for (std::size_t const other : found)
      if (other < old_end || (other >= before_.size() && other < new_end) || other >= deciders())
        result.push_back(&region(other));
    return result;
  }

  // False if no event could be found, or if the matcher does not confirm it.
  bool report(Change change, const Cell& cell, const DecidingSide& before,
              const DecidingSide& after) {
    auto witness = witness_in(cell, solver_);
    if (!witness)
      return false;
    change.event = std::move(witness->event);
    change.hostname = std::move(witness->hostname);
    change.before = decide::decide(before_.policy(), change.event, change.hostname);
    change.after = decide::decide(after_.policy(), change.event, change.hostname);
    if (!is_by(change.before, before.decider) || !is_by(change.after, after.decider))
      return false;
    result_.changes.push_back(std::move(change));
    return true;
  }

  static bool is_by(const decide::Decision& decision, const Decider& decider) {
    if (decision.firmware)
      return decider.rule != nullptr && decider.rule->name == policy::nbft_name;
    return decision.rule == decider.rule && decision.guard == decider.guard;
  }

  const policy::Rule firmware_rules_[2] = {
      policy::rule_of_firmware(base::Subject::io_subsystem),
      policy::rule_of_firmware(base::Subject::discovery_controller)};
  const CompiledPolicy& before_;
  const CompiledPolicy& after_;
  Solver& solver_;
  std::vector<Region> targets_;
  Directory directory_;
  Difference result_;
};

Settings limits_of(const policy::Policy& policy) {
  const policy::Limits& limits = policy.limits;
  return {{"referral-depth", std::to_string(limits.referral_depth)},
          {"log-entries", std::to_string(limits.log_entries)},
          {"probe-timeout", base::format_duration(limits.probe_timeout)},
          {"probes-in-flight", std::to_string(limits.probes_in_flight)}};
}

Settings firmware_of(const policy::Policy& policy) {
  return {{"nbft", std::string(to_string(policy.nbft))}};
}

Settings boot_of(const policy::Policy& policy) {
  const policy::BootWait& boot = policy.boot;
  Settings settings;
  if (boot.wait_for.empty())
    return settings;
  std::string waited;
  for (const policy::WaitedFor& one : boot.wait_for)
    waited += (waited.empty() ? "" : ", ") + one.glob.pattern();
  return {{"wait-for", waited},
          {"paths", std::to_string(boot.paths)},
          {"timeout", base::format_duration(boot.timeout)}};
}

// Of the guards whose names both policies have: what a rename says, the events tell.
std::vector<SettingChange> reasons_between(const policy::Policy& before,
                                           const policy::Policy& after) {
  std::vector<SettingChange> result;
  for (const policy::Guard& guard : after.guards)
    for (const policy::Guard& old : before.guards)
      if (old.name == guard.name && old.reason != guard.reason)
        result.push_back({guard.name, old.reason, guard.reason});
  return result;
}

} // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
  case ChangeKind::newly_connected:
    return "newly-connected";
  case ChangeKind::no_longer_connected:
    return "no-longer-connected";
  case ChangeKind::newly_discovered:
    return "newly-discovered";
  case ChangeKind::no_longer_discovered:
    return "no-longer-discovered";
  case ChangeKind::other_options:
    return "other-options";
  case ChangeKind::newly_denied:
    return "newly-denied";
  case ChangeKind::no_longer_denied:
    return "no-longer-denied";
  case ChangeKind::other_guard:
    return "other-guard";
  case ChangeKind::other_reason:
    return "other-reason";
  case ChangeKind::other_target:
    return "other-target";
  }
  return "";
}

ChangeKind opposite(ChangeKind kind) {
  switch (kind) {
  case ChangeKind::newly_connected:
    return ChangeKind::no_longer_connected;
  case ChangeKind::no_longer_connected:
    return ChangeKind::newly_connected;
  case ChangeKind::newly_discovered:
    return ChangeKind::no_longer_discovered;
  case ChangeKind::no_longer_discovered:
    return ChangeKind::newly_discovered;
  case ChangeKind::newly_denied:
    return ChangeKind::no_longer_denied;
  case ChangeKind::no_longer_denied:
    return ChangeKind::newly_denied;
  case ChangeKind::other_options:
  case ChangeKind::other_guard:
  case ChangeKind::other_reason:
  case ChangeKind::other_target:
    return kind;
  }
  return kind;
}

Difference difference(const policy::Policy& before, const policy::Policy& after,
                      const Budget& budget) {
  const policy::Policy* const both[] = {&before, &after};
  EventSpace const space(both);
  Solver solver(space, budget);
  CompiledPolicy const old_policy(before, space);
  CompiledPolicy const new_policy(after, space);
  Difference result = Comparison(old_policy, new_policy, solver).run();
  add_target_changes({old_policy, new_policy, solver}, result);
  result.reasons = reasons_between(before, after);
  result.firmware = changes(firmware_of(before), firmware_of(after));
  result.boot = changes(boot_of(before), boot_of(after));
  result.limits = changes(limits_of(before), limits_of(after));
  std::stable_sort(result.changes.begin(), result.changes.end(),
                   [](const Change& a, const Change& b) {
                     return std::pair(!a.event.target.empty(), a.kind) <
                            std::pair(!b.event.target.empty(), b.kind);
                   });
  return result;
}

} // namespace nvmf::analyze
