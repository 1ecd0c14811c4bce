// NVP410 and NVP412: targets that rules take out, and targets that their rules do not limit.
#include "analyze/policy_lints.hpp"
#include "analyze/target_deciders.hpp"
#include "analyze/witness.hpp"
#include "event/event_file.hpp"
#include "event/from_target.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t target_taken_out = 410;
constexpr std::uint16_t target_beyond_its_rules = 412;

// All possible events of the target at this endpoint: its address is exact, its named host side
// too. A rule for what another target's log lists says nothing about this one: its only source is
// its name.
Region events_of(const event::Event& event, const EventSpace& space) {
  Region region = region_of_endpoint(event, space);
  restrict(region, Axis::source, space.only_source(event.target));
  restrict(region, Axis::hostname, TextSet{.text = true});
  return region;
}

// The same without what does not tell a host, a host side or a kind of event from another.
Region only_where(Region region) {
  std::erase_if(region.bounds, [](const Bound& bound) {
    return bound.axis == Axis::host_nqn || bound.axis == Axis::identity ||
           bound.axis == Axis::owner || bound.axis == Axis::persistent ||
           bound.axis == Axis::discovery_nqn || bound.axis == Axis::portid ||
           bound.axis == Axis::secure_channel || bound.axis >= Axis::first_property;
  });
  return region;
}

// An endpoint of a target in question, by its number.
struct TargetSpot {
  const TargetDeciders& deciders;
  std::size_t index = 0;

  const CompiledPolicy& policy() const { return deciders.policy(); }
  const Region& region() const { return deciders.region(index); }
  std::vector<std::size_t> candidates(Solver& solver) const {
    return deciders.of(index, region(), solver);
  }
};

// The first rule that wants some event of the target there.
const Decider* first_taker(const TargetSpot& spot, Solver& solver) {
  std::vector<const Region*> earlier;
  for (std::size_t const candidate : spot.candidates(solver)) {
    const Region& region = spot.policy().region(candidate);
    Region const both = intersection(spot.region(), region);
    if (lets_in(spot.policy().decider(candidate)) &&
        solver.subtract(both, earlier).empty == Truth::no)
      return &spot.policy().decider(candidate);
    earlier.push_back(&region);
  }
  return nullptr;
}

// An event of the target there that neither a guard nor a rule takes.
std::optional<Witness> left_to_target(const TargetSpot& spot, Solver& solver) {
  std::vector<Region> takers;
  for (std::size_t const candidate : spot.candidates(solver))
    takers.push_back(only_where(spot.policy().region(candidate)));
  std::vector<const Region*> others;
  for (const Region& taker : takers)
    others.push_back(&taker);
  Remainder const rest = solver.subtract(spot.region(), others);
  return rest.empty == Truth::no ? witness_in(rest.cell, solver) : std::nullopt;
}

// Says nothing if the matcher does not confirm it.
bool nobody_decides(const Witness& witness, const policy::Policy& policy) {
  auto const decision = decide::decide(policy, witness.event, witness.hostname);
  return decision.reason == decide::Reason::no_rule_matched;
}

// Rules ignore the boot event, whatever identity and host it is decided with: none may want it, and
// none may leave it to the target.
std::optional<decide::Decision> taken_out(const event::Event& event, const TargetSpot& spot,
                                          Solver& solver) {
  const CompiledPolicy& policy = spot.policy();
  auto const decision = decide::decide(policy.policy(), event, std::nullopt);
  if (decision.reason != decide::Reason::ignored_by_rule)
    return std::nullopt;
  std::vector<std::size_t> const candidates = spot.candidates(solver);
  std::vector<const Region*> ignoring;
  for (std::size_t const candidate : candidates)
    if (!lets_in(policy.decider(candidate)))
      ignoring.push_back(&policy.region(candidate));
  if (solver.subtract(spot.region(), ignoring).empty != Truth::yes ||
      may_let_in(spot.region(), candidates, policy, solver))
    return std::nullopt;
  return decision;
}

// All endpoints of all targets, with the deciders that may take their boot events, and any of their
// events.
class TargetLints {
public:
  TargetLints(const CompiledPolicy& policy, Solver& solver)
      : policy_(policy), solver_(solver), events_(all_events(policy.policy())),
        boot_(policy, regions_of(region_of)), any_(policy, regions_of(events_of)) {}

  void run(diag::Sink& sink) {
    std::size_t first = 0;
    for (const policy::Target& target : policy_.policy().targets) {
      solver_.meter().begin_question();
      report_taken_out(target, first, sink);
      report_beyond_rules(target, first, sink);
      first += target.endpoints.size();
    }
  }

private:
  static std::vector<event::Event> all_events(const policy::Policy& policy) {
    std::vector<event::Event> events;
    for (const policy::Target& target : policy.targets)
      for (event::Event& event : event::from_target(target))
        events.push_back(std::move(event));
    return events;
  }

  std::vector<Region> regions_of(Region (*region)(const event::Event&, const EventSpace&)) const {
    std::vector<Region> regions;
    for (const event::Event& event : events_)
      regions.push_back(region(event, solver_.space()));
    return regions;
  }

  void report_taken_out(const policy::Target& target, std::size_t first, diag::Sink& sink) {
    std::vector<Example> examples;
    for (std::size_t i = first; i < first + target.endpoints.size(); ++i)
      if (auto const decision = taken_out(events_[i], {boot_, i}, solver_))
        examples.push_back({events_[i], std::nullopt, *decision});
    if (examples.empty())
      return;
    const Example& example = examples.front();
    const policy::Rule& rule = *example.decision.rule;
    std::string const where = examples.size() == target.endpoints.size()
                                  ? std::string()
                                  : fmt::format(" at `{}`", event::endpoint_text(example.event));
    diag::Finding& finding = sink.add(
        names_by_source(rule, target.name) ? diag::Severity::info : diag::Severity::warning,
        target_taken_out,
        fmt::format("target `{}` is never connected{}: `{}` ignores it", target.name, where,
                    policy_.policy().shown_name(rule)),
        target.span);
    finding.spans.push_back({rule.span, "ignores it", false});
    finding.help = "take the target out, or except it from the rule (`not: {source: …}`)";
    finding.witness = describe(policy_.policy(), example);
  }

  void report_beyond_rules(const policy::Target& target, std::size_t first, diag::Sink& sink) {
    for (std::size_t i = first; i < first + target.endpoints.size(); ++i) {
      TargetSpot const spot{any_, i};
      const Decider* const taker = first_taker(spot, solver_);
      auto const witness = taker ? left_to_target(spot, solver_) : std::nullopt;
      if (!witness || !nobody_decides(*witness, policy_.policy()))
        continue;
      const std::string& name = taker->shown_name(policy_.policy());
      diag::Finding& finding = sink.add(
          target_beyond_its_rules,
          fmt::format("target `{}` is also wanted where `{}` does not match it", target.name, name),
          target.span);
      finding.spans.push_back({taker->span(), "takes some of its events", false});
      finding.help = fmt::format("to limit the target, write an `ignore` rule with `source: {}`; "
                                 "else widen `{}`",
                                 target.name, name);
      finding.witness = fmt::format("{} → decided by the target itself",
                                    describe(witness->event, witness->hostname));
      return;
    }
  }

  const CompiledPolicy& policy_;
  Solver& solver_;
  std::vector<event::Event> events_; // of the targets in their order, one for each endpoint
  TargetDeciders boot_;
  TargetDeciders any_;
};

} // namespace

bool names_by_source(const policy::Rule& rule, const std::string& name) {
  auto const names = [&](const policy::Pattern& pattern) {
    const auto* glob = std::get_if<policy::SourceGlob>(&pattern);
    return pattern == policy::Pattern(name) || (glob && glob->glob != "*");
  };
  return std::any_of(rule.match.all.begin(), rule.match.all.end(), [&](const auto& clause) {
    return clause.key == policy::MatchKey::source &&
           std::any_of(clause.values.begin(), clause.values.end(), names);
  });
}

void report_targets(const CompiledPolicy& policy, Solver& solver, diag::Sink& sink) {
  TargetLints(policy, solver).run(sink);
}

} // namespace nvmf::analyze
