#include "analyze/compiled.hpp"

#include "analyze/witness.hpp"

namespace nvmf::analyze {

CompiledPolicy::CompiledPolicy(const policy::Policy& policy, const EventSpace& space)
    : policy_(policy) {
  for (const policy::Guard& guard : policy.guards)
    deciders_.push_back({.guard = &guard});
  for (const policy::Rule& rule : policy.rules)
    deciders_.push_back({.rule = &rule});
  regions_.reserve(deciders_.size());
  for (const Decider& decider : deciders_)
    regions_.push_back(region_of(decider.match(), decider.speaks_of(), space));
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

std::vector<const Region*>
CompiledPolicy::clear_regions(const std::vector<std::size_t>& candidates) const {
  std::vector<const Region*> result;
  for (std::size_t const candidate : clear(candidates))
    result.push_back(&regions_[candidate]);
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

bool CompiledPolicy::decide_alike(std::size_t a, std::size_t b) const {
  const Decider& left = deciders_[a];
  const Decider& right = deciders_[b];
  if (!left.rule || !right.rule)
    return left.guard && right.guard;
  return left.rule->action == right.rule->action && settings(a) == settings(b);
}

std::optional<Example> confirmed(const Cell& cell, Solver& solver, const policy::Policy& policy,
                                 const Decider& expected) {
  auto witness = witness_in(cell, solver);
  if (!witness)
    return std::nullopt;
  auto const decision = decide::decide(policy, witness->event, witness->hostname);
  if (decision.guard != expected.guard || decision.rule != expected.rule)
    return std::nullopt;
  return Example{std::move(witness->event), std::move(witness->hostname), decision};
}

} // namespace nvmf::analyze
