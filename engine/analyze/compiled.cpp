#include "analyze/compiled.hpp"

#include "analyze/witness.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

bool takes(const Decider& decider, const Witness& witness) {
  auto const holds = [&](const policy::Clause& clause) {
    return decide::clause_matches(clause, witness.event, witness.hostname);
  };
  const policy::Match& match = decider.match();
  return decider.applies_to().contains(witness.event.subject) &&
         std::all_of(match.all.begin(), match.all.end(), holds) &&
         std::none_of(match.none.begin(), match.none.end(), holds);
}

decide::Decision decision_of(const Decider& decider) {
  if (decider.guard)
    return {.outcome = decide::Outcome::denied,
            .reason = decide::Reason::denied,
            .guard = decider.guard};
  switch (decider.rule->action) {
  case policy::Action::discover:
    return {.outcome = decide::Outcome::discover, .rule = decider.rule};
  case policy::Action::connect:
    return {.outcome = decide::Outcome::connect, .rule = decider.rule};
  case policy::Action::ignore:
    break;
  }
  return {.outcome = decide::Outcome::ignored,
          .reason = decide::Reason::ignored_by_rule,
          .rule = decider.rule};
}

} // namespace

CompiledPolicy::CompiledPolicy(const policy::Policy& policy, const EventSpace& space)
    : policy_(policy), sources_(policy) {
  for (const policy::Guard& guard : policy.guards)
    deciders_.push_back({.guard = &guard});
  for (const policy::Rule& rule : policy.rules)
    deciders_.push_back({.rule = &rule});
  regions_.reserve(deciders_.size());
  for (const Decider& decider : deciders_)
    regions_.push_back(region_of(decider.match(), decider.applies_to(), space));
  directory_.emplace(regions());
  settings_.resize(deciders_.size());
}

std::vector<const Region*> CompiledPolicy::regions() const {
  std::vector<const Region*> result;
  for (const Region& region : regions_)
    result.push_back(&region);
  return result;
}

std::vector<std::size_t> CompiledPolicy::clear(const std::vector<std::size_t>& candidates) const {
  std::vector<std::size_t> result;
  for (std::size_t const candidate : candidates)
    if (!regions_[candidate].opaque)
      result.push_back(candidate);
  return result;
}

const Settings& CompiledPolicy::settings(std::size_t index) const {
  static const Settings none;
  if (deciders_[index].guard)
    return none;
  if (!settings_[index])
    settings_[index] = settings_of(policy_, *deciders_[index].rule);
  return *settings_[index];
}

base::TransportSet CompiledPolicy::differing_on(std::size_t a, std::size_t b) const {
  base::TransportSet const common = transports_of(regions_[a].shapes & regions_[b].shapes);
  const Decider& left = deciders_[a];
  const Decider& right = deciders_[b];
  if (left.guard && right.guard)
    return {};
  if (left.guard || right.guard || left.rule->action != right.rule->action)
    return common;
  if (left.rule->action == policy::Action::discover &&
      !sources_.alike(names_below(*left.rule), names_below(*right.rule)))
    return common;
  return transports_of(changes(settings(a), settings(b), common)) & common;
}

std::optional<Example> confirmed(const Cell& cell, Solver& solver, const CompiledPolicy& policy,
                                 std::size_t index) {
  auto witness = witness_in(cell, solver);
  if (!witness)
    return std::nullopt;
  auto const decision = decide::decide(policy.policy(), witness->event, witness->hostname);
  const Decider& expected = policy.decider(index);
  if (decision.guard != expected.guard || decision.rule != expected.rule)
    return std::nullopt;
  return Example{std::move(witness->event), std::move(witness->hostname), decision};
}

std::optional<Example> confirmed_among(const Cell& cell, Solver& solver,
                                       const CompiledPolicy& policy, std::size_t index,
                                       const std::vector<std::size_t>& earlier) {
  auto witness = witness_in(cell, solver);
  if (!witness || !takes(policy.decider(index), *witness))
    return std::nullopt;
  for (std::size_t const other : earlier)
    if (takes(policy.decider(other), *witness))
      return std::nullopt;
  auto const decision = decision_of(policy.decider(index));
  return Example{std::move(witness->event), std::move(witness->hostname), decision};
}

} // namespace nvmf::analyze
