#include "analyze/compiled.hpp"

#include "analyze/witness.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

bool takes(const policy::Match& match, const policy::SubjectSet& applies_to,
           const event::Event& event, const Witness& witness) {
  auto const holds = [&](const policy::Clause& clause) {
    return decide::clause_matches(clause, event, witness.hostname);
  };
  return applies_to.contains(event.subject) &&
         std::all_of(match.all.begin(), match.all.end(), holds) &&
         std::none_of(match.none.begin(), match.none.end(), holds);
}

bool takes(const Decider& decider, const Witness& witness, const policy::Policy& policy) {
  if (!decider.before)
    return takes(decider.match(), decider.applies_to(), witness.event, witness);
  return takes(decider.before->match, decider.before->applies_to, witness.event, witness) &&
         takes(decider.match(), decider.applies_to(),
               decide::as_used(policy, witness.event, decider.before), witness);
}

bool is_of_identity(const policy::Clause& clause) {
  return clause.key == policy::MatchKey::identity || clause.key == policy::MatchKey::host_nqn;
}

bool is_of_host_side(const policy::Clause& clause) {
  return clause.key == policy::MatchKey::host_traddr || clause.key == policy::MatchKey::host_iface;
}

template <class Test>
bool any_clause(const policy::Match& match, Test test) {
  return std::any_of(match.all.begin(), match.all.end(), test) ||
         std::any_of(match.none.begin(), match.none.end(), test);
}

// The match of a guard where the identity is known; nothing where it then cannot hold.
std::optional<policy::Match> with_identity_of(const event::Event& used,
                                              const policy::Match& match) {
  policy::Match rest;
  for (const policy::Clause& clause : match.all) {
    if (!is_of_identity(clause))
      rest.all.push_back(clause);
    else if (!decide::clause_matches(clause, used, std::nullopt))
      return std::nullopt;
  }
  for (const policy::Clause& clause : match.none) {
    if (!is_of_identity(clause))
      rest.none.push_back(clause);
    else if (decide::clause_matches(clause, used, std::nullopt))
      return std::nullopt;
  }
  return rest;
}

bool names_an_identity(const policy::Policy& policy) {
  return std::any_of(policy.rules.begin(), policy.rules.end(),
                     [](const policy::Rule& rule) { return rule.identity.has_value(); });
}

std::uint64_t pair_key(std::size_t a, std::size_t b) { return std::uint64_t{a} << 32U | b; }

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
  // Guards times rules: in a policy of any sense a few.
  constexpr std::size_t most_copies = 4096;
  std::size_t late = 0;
  for (const policy::Guard& guard : policy.guards) {
    if (!decide::looks_at_final_values(guard))
      add({.guard = &guard}, region_of(guard.match, guard.applies_to, space));
    else
      ++late;
  }
  bool const depends_on_rules = late > 0 && names_an_identity(policy);
  exact_ = !depends_on_rules || late * policy.rules.size() <= most_copies;
  auto const add_late_guards = [&] {
    for (const policy::Guard& guard : policy.guards)
      if (decide::looks_at_final_values(guard))
        add({.guard = &guard}, region_of(guard.match, guard.applies_to, space));
  };
  bool const are_copied = depends_on_rules && exact_;
  if (!are_copied)
    add_late_guards();
  for (const policy::Rule& rule : policy.rules) {
    if (are_copied)
      add_guards_before(rule, space);
    add({.rule = &rule}, region_of(rule.match, rule.applies_to, space));
  }
  if (are_copied)
    add_late_guards();
  directory_.emplace(regions());
  own_id_.resize(deciders_.size());
}

void CompiledPolicy::add(Decider decider, Region region) {
  deciders_.push_back(decider);
  regions_.push_back(std::move(region));
}

void CompiledPolicy::add_guards_before(const policy::Rule& rule, const EventSpace& space) {
  event::Event const used = decide::as_used(policy_, {}, &rule);
  Region const taken = region_of(rule.match, rule.applies_to, space);
  ShapeMask const of_firmware = shapes_of(base::EventKind::firmware);
  auto const add_for = [&](const policy::Guard& guard, const policy::Match& match,
                           ShapeMask shapes) {
    Region region = intersection(region_of(match, guard.applies_to, space), taken);
    region.shapes &= shapes;
    if (region.shapes != 0)
      add({.guard = &guard, .before = &rule}, std::move(region));
  };
  for (const policy::Guard& guard : policy_.guards) {
    if (!decide::looks_at_final_values(guard))
      continue;
    if (!rule.identity) {
      add_for(guard, guard.match, ~ShapeMask{0});
      continue;
    }
    if (auto const match = with_identity_of(used, guard.match))
      add_for(guard, *match, ~of_firmware);
    add_for(guard, guard.match, of_firmware);
  }
}

bool CompiledPolicy::is_certain(std::size_t guard, const policy::Rule& rule) const {
  const policy::Match& match = deciders_[guard].guard->match;
  auto const& targets = policy_.targets;
  bool const sides_are_kept =
      rule.host_side == policy::HostSide::inherit &&
      std::none_of(match.none.begin(), match.none.end(), is_of_host_side) &&
      std::none_of(targets.begin(), targets.end(),
                   [](const policy::Target& target) { return target.host_side.has_value(); });
  if (any_clause(match, is_of_host_side) && !sides_are_kept)
    return false;
  if (!rule.identity || !any_clause(match, is_of_identity))
    return true;
  // A target that names an identity keeps its own, and a host NQN in a file is not known.
  bool const asks_host_nqn = any_clause(
      match, [](const policy::Clause& clause) { return clause.key == policy::MatchKey::host_nqn; });
  return exact_ &&
         std::none_of(targets.begin(), targets.end(),
                      [](const policy::Target& target) { return target.identity.has_value(); }) &&
         (!asks_host_nqn || !decide::as_used(policy_, {}, &rule).host_nqn.empty());
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

std::size_t CompiledPolicy::settings_id(std::size_t index) const {
  std::optional<std::size_t>& id = own_id_[index];
  if (!id) {
    const Decider& decider = deciders_[index];
    auto const [entry, fresh] = ids_of_settings_.emplace(
        decider.guard ? Settings() : settings_of(policy_, *decider.rule), settings_.size());
    if (fresh)
      settings_.push_back(&entry->first);
    id = entry->second;
  }
  return *id;
}

const Settings& CompiledPolicy::settings(std::size_t index) const {
  return *settings_[settings_id(index)];
}

std::uint64_t CompiledPolicy::steps_to_compare(std::size_t a, std::size_t b) const {
  constexpr std::uint64_t known = 4;
  constexpr std::uint64_t unknown = 400;
  std::size_t const left = settings_id(a);
  std::size_t const right = settings_id(b);
  return left == right || compared_.contains(pair_key(left, right)) ? known : unknown;
}

base::TransportSet CompiledPolicy::changed_on(std::size_t a, std::size_t b) const {
  std::size_t const left = settings_id(a);
  std::size_t const right = settings_id(b);
  if (left == right)
    return {};
  auto const [entry, fresh] = compared_.try_emplace(pair_key(left, right));
  if (fresh)
    entry->second = transports_of(changes(*settings_[left], *settings_[right]));
  return entry->second;
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
  return changed_on(a, b) & common;
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
  if (!witness || !takes(policy.decider(index), *witness, policy.policy()))
    return std::nullopt;
  for (std::size_t const other : earlier)
    if (takes(policy.decider(other), *witness, policy.policy()))
      return std::nullopt;
  auto const decision = decision_of(policy.decider(index));
  return Example{std::move(witness->event), std::move(witness->hostname), decision};
}

} // namespace nvmf::analyze
