#include "analyze/target_changes.hpp"

#include "analyze/target_deciders.hpp"
#include "analyze/target_pairs.hpp"
#include "analyze/witness.hpp"
#include "policy/target_rule.hpp"

#include <algorithm>
#include <map>

namespace nvmf::analyze {

namespace {

using policy::Target;

// One of the deciders of a policy that may decide a target, as the regions of the comparison have
// it; without a decider: no rule matches.
struct Candidate {
  Decider decider;
  const Region* region = nullptr;
  Settings settings;
};

// The host NQN of this side belongs to another axis than that of the other side.
Region with_other_host_nqn(const Region& region) {
  Region moved = region;
  for (Bound& bound : moved.bounds)
    if (bound.axis == Axis::host_nqn)
      bound.axis = Axis::other_host_nqn;
  std::sort(moved.bounds.begin(), moved.bounds.end(),
            [](const Bound& a, const Bound& b) { return a.axis < b.axis; });
  return moved;
}

// As a policy sees the events that does not have the target: they do not come from it.
Region without_source(const Region& region, const std::string& name, const EventSpace& space) {
  Region moved = region;
  for (Bound& bound : moved.bounds)
    if (bound.axis == Axis::source) {
      auto rest = space.without_source(std::get<TextSet>(*bound.set), name);
      if (!rest)
        moved.shapes = 0;
      else
        bound.set = std::make_shared<const AxisSet>(std::move(*rest));
    }
  return moved;
}

// The question about a pair: the result of its boot event, or that of the events that belong to it
// later (its log changed, it was lost, a log lists it).
enum class About : std::uint8_t { boot_event, later_events };

struct TargetQuestion {
  SpotPair pair;
  About about = About::boot_event;
};

class Targets {
public:
  Targets(const ComparedTargets& compared, const std::vector<SpotPair>& pairs, Difference& result)
      : before_(compared.before), after_(compared.after), solver_(compared.solver),
        questions_(questions_about(pairs)), own_events_(own_events_of(questions_)),
        regions_(regions_of(questions_)), old_(before_, regions_), new_(after_, regions_),
        result_(result), earlier_changes_(result.changes.size()) {}

  void run() {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      solver_.meter().begin_question();
      const auto& [pair, about] = questions_[i];
      if (about == About::boot_event)
        first_of_pair_ = result_.changes.size();
      if ((pair.before && pair.after) || about == About::later_events)
        compare(i);
      else if (pair.after)
        result_.changes.push_back(alone(i, *pair.after, after_, new_));
      else if (pair.before)
        result_.changes.push_back(reversed(alone(i, *pair.before, before_, old_)));
    }
    result_.incomplete = result_.incomplete || solver_.meter().incomplete();
  }

private:
  std::vector<TargetQuestion> questions_about(const std::vector<SpotPair>& pairs) const {
    std::vector<TargetQuestion> questions;
    for (const SpotPair& pair : pairs) {
      questions.push_back({pair});
      if (has_own_events(pair, policies()))
        questions.push_back({pair, About::later_events});
    }
    return questions;
  }

  Policies policies() const { return {before_.policy(), after_.policy()}; }

  std::vector<Region> own_events_of(const std::vector<TargetQuestion>& questions) const {
    std::vector<Region> regions;
    for (const auto& [pair, about] : questions)
      regions.push_back(about == About::later_events ? own_events(pair, policies(), solver_.space())
                                                     : Region());
    return regions;
  }

  std::vector<Region> regions_of(const std::vector<TargetQuestion>& questions) const {
    std::vector<Region> regions;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const auto& [pair, about] = questions[i];
      const Spot& spot = pair.after ? *pair.after : *pair.before;
      if (about == About::boot_event) {
        regions.push_back(region_of(spot.event, solver_.space()));
        continue;
      }
      Region& region = regions.emplace_back(own_events_[i]);
      region.shapes &= ~shapes_of(base::EventKind::boot);
      if (names_are_alike(pair))
        restrict(region, Axis::source, solver_.space().only(spot.target->name));
    }
    return regions;
  }

  bool names_are_alike(const SpotPair& pair) const {
    if (!pair.before || !pair.after)
      return true;
    analyze::Names const before{pair.before->target->name};
    analyze::Names const after{pair.after->target->name};
    return before_.sources().alike(before, after) && after_.sources().alike(before, after);
  }

  void restrict_host_nqn(Region& region, Axis axis, const policy::Policy& policy,
                         const Target& target) const {
    const policy::TextOrFile* const text = host_nqn_of(policy, target);
    if (text && !text->is_file)
      restrict(region, axis, solver_.space().only(text->text));
  }

  // --- a target that only one of the policies has

  Change alone(std::size_t index, const Spot& spot, const CompiledPolicy& policy,
               const TargetDeciders& candidates) {
    Region region = regions_[index];
    restrict_host_nqn(region, Axis::host_nqn, policy.policy(), *spot.target);
    Change change{.kind = ChangeKind::other_target, .only_after = true};
    change.event = spot.event;
    change.after = decide::decide(policy.policy(), change.event, std::nullopt);
    std::vector<const Region*> earlier;
    for (std::size_t const candidate : candidates.of(index, region, solver_)) {
      const Decider& decider = policy.decider(candidate);
      bool const acts = decider.rule && decider.rule->action != policy::Action::ignore;
      if (acts && accepted_by(candidate, earlier, region, policy, change))
        break;
      earlier.push_back(&policy.region(candidate));
    }
    if (change.kind == ChangeKind::other_target)
      want_by_itself(spot, region, earlier, policy, change);
    return change;
  }

  // Where no rule decides the target, it does so itself.
  void want_by_itself(const Spot& spot, const Region& region,
                      const std::vector<const Region*>& earlier, const CompiledPolicy& policy,
                      Change& change) {
    Remainder const rest = solver_.subtract(region, earlier);
    auto witness = rest.empty == Truth::no ? witness_in(rest.cell, solver_) : std::nullopt;
    if (!witness)
      return;
    witness->event.target = spot.target->name;
    auto const decision = decide::decide(policy.policy(), witness->event, witness->hostname);
    if (decision.target != spot.target)
      return;
    change.kind = decision.outcome == decide::Outcome::connect ? ChangeKind::newly_connected
                                                               : ChangeKind::newly_discovered;
    change.event = std::move(witness->event);
    change.hostname = std::move(witness->hostname);
    change.after = decision;
  }

  // True once the change says that the decider at `candidate` accepts the target.
  bool accepted_by(std::size_t candidate, const std::vector<const Region*>& earlier,
                   const Region& region, const CompiledPolicy& policy, Change& change) {
    Remainder const rest =
        solver_.subtract(intersection(region, policy.region(candidate)), earlier);
    if (rest.empty != Truth::no)
      return false;
    auto const witness = witness_in(rest.cell, solver_);
    if (!witness)
      return false;
    event::Event event = witness->event;
    event.target = change.event.target;
    auto const decision = decide::decide(policy.policy(), event, witness->hostname);
    if (decision.rule != policy.decider(candidate).rule || decision.guard)
      return false;
    change.kind = decision.outcome == decide::Outcome::connect ? ChangeKind::newly_connected
                                                               : ChangeKind::newly_discovered;
    change.event = std::move(event);
    change.hostname = witness->hostname;
    change.after = decision;
    return true;
  }

  static Change reversed(Change change) {
    change.kind = opposite(change.kind);
    std::swap(change.before, change.after);
    std::swap(change.only_before, change.only_after);
    return change;
  }

  // --- a target of both, or all about it but its boot event

  void compare(std::size_t index) {
    const auto& [pair, about] = questions_[index];
    Region region = regions_[index];
    // Under another identity it is another event to the new policy: that one's host NQN is an axis
    // of its own.
    bool const other_host =
        about == About::boot_event && host_nqn_text(before_.policy(), *pair.before->target) !=
                                          host_nqn_text(after_.policy(), *pair.after->target);
    if (about == About::boot_event)
      restrict_host_nqn(region, Axis::host_nqn, before_.policy(), *pair.before->target);
    if (other_host)
      restrict_host_nqn(region, Axis::other_host_nqn, after_.policy(), *pair.after->target);
    auto old_side = candidates_of(index, before_, old_, target_of(pair.before));
    auto new_side = candidates_of(index, after_, new_, target_of(pair.after));
    std::vector<Region> moved;
    moved.reserve(old_side.size() + new_side.size());
    auto const move = [&](std::vector<Candidate>& side, auto to) {
      for (Candidate& candidate : side)
        if (candidate.region)
          candidate.region = &moved.emplace_back(to(*candidate.region));
    };
    auto const without_target = [this, name = name_of(pair)](const Region& each) {
      return without_source(each, name, solver_.space());
    };
    if (other_host)
      move(new_side, with_other_host_nqn);
    if (!pair.before)
      move(old_side, without_target);
    if (!pair.after)
      move(new_side, without_target);
    for (std::size_t i = 0; i < old_side.size(); ++i)
      for (std::size_t j = 0; j < new_side.size(); ++j)
        look_at(questions_[index], region, {old_side, i}, {new_side, j}, other_host);
  }

  static const std::string& name_of(const SpotPair& pair) {
    return (pair.after ? pair.after : pair.before)->target->name;
  }

  static const Target* target_of(const Spot* spot) { return spot ? spot->target : nullptr; }

  // The last of them is "no rule matches": then the target is wanted as it is, where there is one.
  std::vector<Candidate> candidates_of(std::size_t index, const CompiledPolicy& policy,
                                       const TargetDeciders& candidates, const Target* target) {
    std::vector<Candidate> result;
    const Region& region = target ? regions_[index] : own_events_[index];
    for (std::size_t const candidate : candidates.of(index, region, solver_)) {
      Candidate& one =
          result.emplace_back(Candidate{policy.decider(candidate), &policy.region(candidate), {}});
      if (one.decider.rule)
        one.settings = settings_with(index, policy.policy(), *one.decider.rule, target);
    }
    if (!target) {
      result.emplace_back();
      return result;
    }
    const policy::Rule& own = own_rule(*target);
    result.emplace_back(Candidate{{.rule = &own}, nullptr, {}});
    result.back().settings = settings_with(index, policy.policy(), own, target);
    return result;
  }

  // The later events of a target without an identity bring one.
  Settings settings_with(std::size_t index, const policy::Policy& policy, const policy::Rule& rule,
                         const Target* target) const {
    Settings of_rule = settings_of(policy, rule);
    if (!target)
      return of_rule;
    Settings settings = settings_of(policy, rule, *target);
    if (questions_[index].about == About::later_events && !target->identity)
      for (const char* name : {"hostnqn", "hostid"})
        if (auto const found = of_rule.find(name); found != of_rule.end())
          settings[name] = found->second;
    return settings;
  }

  const policy::Rule& own_rule(const Target& target) {
    return own_rules_.try_emplace(&target, policy::rule_of_target(target)).first->second;
  }

  struct Place {
    const std::vector<Candidate>& all;
    std::size_t index;
    const Candidate& candidate() const { return all[index]; }
  };

  void look_at(const TargetQuestion& question, const Region& region, const Place& old_place,
               const Place& new_place, bool other_host) {
    const Candidate& old_one = old_place.candidate();
    const Candidate& new_one = new_place.candidate();
    const SpotPair& pair = question.pair;
    bool const later = question.about == About::later_events;
    DecidingSide const before{old_one.decider, old_one.settings, before_.sources(),
                              target_of(pair.before)};
    DecidingSide const after{new_one.decider, new_one.settings, after_.sources(),
                             target_of(pair.after)};
    auto const kind = change_of(before, after);
    if (!kind)
      return;
    Change change{.kind = *kind};
    if (*kind == ChangeKind::other_options)
      change.settings = settings_between(before, after);
    else if (other_host)
      change.settings = {{"hostnqn", host_nqn_text(before_.policy(), *pair.before->target),
                          host_nqn_text(after_.policy(), *pair.after->target)}};
    if (is_change_of_rules(change, before, after) || is_known_of_pair(change, before, after))
      return;
    Region both = region;
    std::vector<const Region*> earlier;
    for (const Place* place : {&old_place, &new_place}) {
      if (place->candidate().region)
        both = intersection(both, *place->candidate().region);
      for (std::size_t i = 0; i < place->index; ++i)
        earlier.push_back(place->all[i].region);
    }
    if (later)
      add_better_targets(pair, earlier);
    Remainder const rest = solver_.subtract(both, earlier);
    if (rest.empty == Truth::yes)
      return;
    change.event.target = name_of(pair);
    if (rest.empty == Truth::unknown ||
        !confirm(change, rest.cell, pair, before, after, other_host))
      result_.incomplete = true;
    else
      result_.changes.push_back(std::move(change));
  }

  // Events that are those of a target of the same port that says more.
  void add_better_targets(const SpotPair& pair, std::vector<const Region*>& earlier) const {
    const Spot& own = pair.after ? *pair.after : *pair.before;
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      const auto& [other, about] = questions_[i];
      const Spot& spot = other.after ? *other.after : *other.before;
      if (about == About::later_events && said_by(other) > said_by(pair) &&
          spot.event.endpoint.same_port(own.event.endpoint))
        earlier.push_back(&own_events_[i]);
    }
  }

  // Other settings of the rules themselves were reported for them, and their targets have them,
  // too.
  bool is_change_of_rules(const Change& change, const DecidingSide& before,
                          const DecidingSide& after) const {
    return change.kind == ChangeKind::other_options &&
           std::any_of(result_.changes.begin(),
                       result_.changes.begin() + static_cast<std::ptrdiff_t>(earlier_changes_),
                       [&](const Change& told) {
                         return told.kind == change.kind &&
                                told.before.rule == before.decider.rule &&
                                told.after.rule == after.decider.rule && says_all(told, change);
                       });
  }

  // Reported for another event of the target.
  bool is_known_of_pair(const Change& change, const DecidingSide& before,
                        const DecidingSide& after) {
    return std::any_of(result_.changes.begin() + static_cast<std::ptrdiff_t>(first_of_pair_),
                       result_.changes.end(), [&](const Change& told) {
                         return told.kind == change.kind && says_all(told, change) &&
                                (told.only_after || is_by(before.decider, told.before)) &&
                                (told.only_before || is_by(after.decider, told.after));
                       });
  }

  static bool says_all(const Change& told, const Change& change) {
    return std::all_of(change.settings.begin(), change.settings.end(),
                       [&](const SettingChange& one) { return says(told, one); });
  }

  static bool says(const Change& told, const SettingChange& one) {
    return std::find(told.settings.begin(), told.settings.end(), one) != told.settings.end();
  }

  // False if no event could be told, or if the matcher does not confirm it.
  bool confirm(Change& change, const Cell& cell, const SpotPair& pair, const DecidingSide& before,
               const DecidingSide& after, bool other_host) {
    auto witness = witness_in(cell, solver_);
    if (!witness)
      return false;
    witness->event.target = change.event.target;
    change.event = std::move(witness->event);
    change.hostname = std::move(witness->hostname);
    change.before = decided(change, before_, target_of(pair.before));
    if (other_host)
      change.event.host_nqn = witness->other_host_nqn;
    change.after = decided(change, after_, target_of(pair.after));
    return is_by(before.decider, change.before) && is_by(after.decider, change.after);
  }

  // The event as the target's of that policy.
  static decide::Decision decided(const Change& change, const CompiledPolicy& policy,
                                  const Target* target) {
    event::Event event = change.event;
    if (!target)
      std::erase(event.sources, event.target);
    event.target = target ? target->name : std::string();
    return decide::decide(policy.policy(), event, change.hostname);
  }

  bool is_by(const Decider& decider, const decide::Decision& decision) {
    const policy::Rule* const rule = decision.target ? &own_rule(*decision.target) : decision.rule;
    return rule == decider.rule && decision.guard == decider.guard;
  }

  const CompiledPolicy& before_;
  const CompiledPolicy& after_;
  Solver& solver_;
  std::vector<TargetQuestion> questions_;
  std::vector<Region> own_events_; // of their targets, for the later ones
  std::vector<Region> regions_;    // that they are about, not yet narrowed by host NQNs
  TargetDeciders old_;
  TargetDeciders new_;
  Difference& result_;
  std::map<const Target*, policy::Rule> own_rules_;
  std::size_t earlier_changes_;   // how many changes were there before
  std::size_t first_of_pair_ = 0; // of the pair in question: its first change
};

} // namespace

std::vector<Region> events_of_targets(const policy::Policy& before, const policy::Policy& after,
                                      const EventSpace& space) {
  std::vector<Spot> const old_spots = spots_of(before);
  std::vector<Spot> const new_spots = spots_of(after);
  std::vector<Region> regions;
  for (const SpotPair& pair : pairs_of(old_spots, new_spots))
    if (has_own_events(pair, {before, after}))
      regions.push_back(own_events(pair, {before, after}, space));
  return regions;
}

void add_target_changes(const ComparedTargets& compared, Difference& result) {
  std::vector<Spot> const before = spots_of(compared.before.policy());
  std::vector<Spot> const after = spots_of(compared.after.policy());
  Targets(compared, pairs_of(before, after), result).run();
}

} // namespace nvmf::analyze
