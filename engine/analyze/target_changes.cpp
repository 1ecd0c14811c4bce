#include "analyze/target_changes.hpp"

#include "analyze/target_deciders.hpp"
#include "analyze/witness.hpp"
#include "event/from_target.hpp"
#include "policy/target_rule.hpp"

#include <algorithm>
#include <map>

namespace nvmf::analyze {

namespace {

using policy::Target;

// A target at one of its endpoints.
struct Spot {
  const Target* target = nullptr;
  event::Event event;
};

std::vector<Spot> spots_of(const policy::Policy& policy) {
  std::vector<Spot> spots;
  for (const Target& target : policy.targets)
    for (event::Event& event : event::from_target(target))
      spots.push_back({&target, std::move(event)});
  return spots;
}

struct SpotPair {
  const Spot* before = nullptr; // one of the two may be missing
  const Spot* after = nullptr;
};

const policy::TextOrFile* host_nqn_of(const policy::Policy& policy, const Target& target) {
  auto const found = policy.identities.find(target.identity.value_or("default"));
  bool const is_known = found != policy.identities.end() && found->second.hostnqn;
  return is_known ? &*found->second.hostnqn : nullptr;
}

// As one word: the literal, or the file that holds it.
std::string host_nqn_text(const policy::Policy& policy, const Target& target) {
  const policy::TextOrFile* const text = host_nqn_of(policy, target);
  if (!text)
    return "file /etc/nvme/hostnqn";
  return text->is_file ? "file " + text->text : text->text;
}

bool same_endpoint(const Spot& a, const Spot& b) {
  event::Event one = a.event;
  one.target = b.event.target;
  one.sources = b.event.sources;
  return one == b.event;
}

// Pairs the targets of one endpoint, most alike first: there may be several with other identities.
class Pairing {
public:
  Pairing(const std::vector<Spot>& before, const std::vector<Spot>& after)
      : before_(before), after_(after) {}

  std::vector<SpotPair> pairs() {
    for (const Spot& spot : before_)
      old_.push_back(&spot);
    for (const Spot& spot : after_)
      new_.push_back({.after = &spot});
    pair_where([](const Target& a, const Target& b) {
      return a.name == b.name && a.identity == b.identity;
    });
    pair_where([](const Target& a, const Target& b) { return a.name == b.name; });
    pair_where([](const Target& a, const Target& b) { return a.identity == b.identity; });
    pair_where([](const Target&, const Target&) { return true; });
    for (const Spot* spot : old_)
      new_.push_back({.before = spot});
    return std::move(new_);
  }

private:
  template <class Alike>
  void pair_where(Alike alike) {
    for (SpotPair& pair : new_) {
      if (pair.before)
        continue;
      auto const found = std::find_if(old_.begin(), old_.end(), [&](const Spot* spot) {
        return same_endpoint(*spot, *pair.after) && alike(*spot->target, *pair.after->target);
      });
      if (found == old_.end())
        continue;
      pair.before = *found;
      old_.erase(found);
    }
  }

  const std::vector<Spot>& before_;
  const std::vector<Spot>& after_;
  std::vector<const Spot*> old_; // without a partner yet
  std::vector<SpotPair> new_;
};

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

// The question about a pair: the result of its boot event, or the `source` of the entries of a
// discovery controller that another event may name.
enum class About : std::uint8_t { boot_event, names };

struct TargetQuestion {
  SpotPair pair;
  About about = About::boot_event;
};

class Targets {
public:
  Targets(const ComparedTargets& compared, const std::vector<SpotPair>& pairs, Difference& result)
      : before_(compared.before), after_(compared.after), solver_(compared.solver),
        questions_(questions_about(pairs)), regions_(regions_of(questions_)),
        old_(before_, regions_), new_(after_, regions_), result_(result),
        earlier_changes_(result.changes.size()) {}

  void run() {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      solver_.meter().begin_question();
      const SpotPair& pair = questions_[i].pair;
      if (pair.before && pair.after)
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
      bool const both = pair.before && pair.after;
      if (both && pair.after->target->subject() == base::Subject::discovery_controller &&
          !before_.sources().alike({pair.before->target->name}, {pair.after->target->name}) &&
          !after_.sources().alike({pair.before->target->name}, {pair.after->target->name}))
        questions.push_back({pair, About::names});
    }
    return questions;
  }

  std::vector<Region> regions_of(const std::vector<TargetQuestion>& questions) const {
    std::vector<Region> regions;
    for (const auto& [pair, about] : questions) {
      const Spot& spot = pair.after ? *pair.after : *pair.before;
      regions.push_back(region_of(spot.event, solver_.space()));
      if (about == About::names)
        widen(regions.back(), spot.event);
    }
    return regions;
  }

  // To all events of the endpoint, which is the target's also where one of the two leaves the host
  // side open.
  static void widen(Region& region, const event::Event& event) {
    region.shapes =
        shapes_of(policy::SubjectSet{.io_subsystems = false}) & shapes_of(event.endpoint.transport);
    std::erase_if(region.bounds, [&](const Bound& bound) {
      return bound.axis == Axis::discovery_nqn || bound.axis == Axis::source ||
             (bound.axis == Axis::host_traddr && !event.endpoint.host_traddr) ||
             (bound.axis == Axis::host_iface && event.endpoint.host_iface.empty());
    });
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

  // --- a target of both

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
    auto const old_side = candidates_of(index, before_, old_, *pair.before->target);
    auto new_side = candidates_of(index, after_, new_, *pair.after->target);
    std::vector<Region> moved;
    moved.reserve(new_side.size());
    if (other_host)
      for (Candidate& candidate : new_side)
        if (candidate.region)
          candidate.region = &moved.emplace_back(with_other_host_nqn(*candidate.region));
    for (std::size_t i = 0; i < old_side.size(); ++i)
      for (std::size_t j = 0; j < new_side.size(); ++j)
        look_at(questions_[index], region, {old_side, i}, {new_side, j}, other_host);
  }

  // The last of them is "no rule matches": then the target is wanted as it is.
  std::vector<Candidate> candidates_of(std::size_t index, const CompiledPolicy& policy,
                                       const TargetDeciders& candidates, const Target& target) {
    std::vector<Candidate> result;
    for (std::size_t const candidate : candidates.of(index, regions_[index], solver_)) {
      Candidate& one =
          result.emplace_back(Candidate{policy.decider(candidate), &policy.region(candidate), {}});
      if (one.decider.rule && questions_[index].about == About::boot_event)
        one.settings = settings_of(policy.policy(), *one.decider.rule, target);
    }
    const policy::Rule& own = own_rule(target);
    result.emplace_back(Candidate{{.rule = &own}, nullptr, {}});
    if (questions_[index].about == About::boot_event)
      result.back().settings = settings_of(policy.policy(), own, target);
    return result;
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
    bool const names = question.about == About::names;
    DecidingSide const before{old_one.decider, old_one.settings, before_.sources(),
                              names ? pair.before->target : nullptr};
    DecidingSide const after{new_one.decider, new_one.settings, after_.sources(),
                             names ? pair.after->target : nullptr};
    auto const kind = change_of(before, after);
    if (!kind)
      return;
    Change change{.kind = *kind};
    if (*kind == ChangeKind::other_options)
      change.settings = settings_between(before, after);
    else if (other_host)
      change.settings = {{"hostnqn", host_nqn_text(before_.policy(), *pair.before->target),
                          host_nqn_text(after_.policy(), *pair.after->target)}};
    if (is_change_of_rules(change, before, after, other_host))
      return;
    Region both = region;
    std::vector<const Region*> earlier;
    for (const Place* place : {&old_place, &new_place}) {
      if (place->candidate().region)
        both = intersection(both, *place->candidate().region);
      for (std::size_t i = 0; i < place->index; ++i)
        earlier.push_back(place->all[i].region);
    }
    Remainder const rest = solver_.subtract(both, earlier);
    if (rest.empty == Truth::yes)
      return;
    if (!names)
      change.event.target = pair.after->target->name;
    if (rest.empty == Truth::unknown ||
        !confirm(change, rest.cell, pair, before, after, other_host))
      result_.incomplete = true;
    else
      result_.changes.push_back(std::move(change));
  }

  // Differences of the rules themselves were reported for them, and their targets have them, too.
  bool is_change_of_rules(const Change& change, const DecidingSide& before,
                          const DecidingSide& after, bool other_host) const {
    if (change.kind != ChangeKind::other_options)
      return !other_host;
    return std::any_of(
        result_.changes.begin(),
        result_.changes.begin() + static_cast<std::ptrdiff_t>(earlier_changes_),
        [&](const Change& told) {
          return told.kind == change.kind && told.before.rule == before.decider.rule &&
                 told.after.rule == after.decider.rule &&
                 std::all_of(change.settings.begin(), change.settings.end(),
                             [&](const SettingChange& one) { return says(told, one); });
        });
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
    change.before = decided(change, before_, *pair.before->target);
    if (other_host)
      change.event.host_nqn = witness->other_host_nqn;
    change.after = decided(change, after_, *pair.after->target);
    return is_by(before.decider, change.before) && is_by(after.decider, change.after);
  }

  // The event as the target's of that policy.
  static decide::Decision decided(const Change& change, const CompiledPolicy& policy,
                                  const Target& target) {
    event::Event event = change.event;
    event.target = target.name;
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
  std::vector<Region> regions_; // that they are about, not yet narrowed by host NQNs
  TargetDeciders old_;
  TargetDeciders new_;
  Difference& result_;
  std::map<const Target*, policy::Rule> own_rules_;
  std::size_t earlier_changes_; // how many changes were there before
};

} // namespace

void add_target_changes(const ComparedTargets& compared, Difference& result) {
  std::vector<Spot> const before = spots_of(compared.before.policy());
  std::vector<Spot> const after = spots_of(compared.after.policy());
  Targets(compared, Pairing(before, after).pairs(), result).run();
}

} // namespace nvmf::analyze
