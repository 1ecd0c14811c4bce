#include "analyze/policy_lints.hpp"

#include "analyze/witness.hpp"
#include "event/from_target.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t dead_guard = 408;
constexpr std::uint16_t discovered_unhandled = 409;
constexpr std::uint16_t target_without_rule = 410;

bool lets_in(const Decider& decider) {
  return decider.rule && decider.rule->action != policy::Action::ignore;
}

// Some rule may let in an event of the region, seen without the guards. `candidates` are the
// deciders that may overlap it.
bool may_let_in(const Region& region, const std::vector<std::size_t>& candidates,
                const CompiledPolicy& policy, Solver& solver) {
  std::vector<const Region*> earlier;
  for (std::size_t const candidate : candidates) {
    const Decider& decider = policy.decider(candidate);
    if (decider.guard)
      continue;
    Region const both = intersection(region, policy.region(candidate));
    if (lets_in(decider) && solver.is_empty(both) != Truth::yes &&
        solver.subtract(both, earlier).empty != Truth::yes)
      return true;
    if (!policy.region(candidate).opaque)
      earlier.push_back(&policy.region(candidate));
  }
  return false;
}

bool ignored_without_guards(const policy::Policy& policy, const Witness& witness) {
  decide::Trace trace;
  decide::decide(policy, witness.event, witness.hostname, &trace);
  auto const first = std::find_if(trace.rules.begin(), trace.rules.end(),
                                  [](const decide::MatchTrace& rule) { return rule.matched; });
  return first == trace.rules.end() || first->rule->action == policy::Action::ignore;
}

AddressSet only_address(const std::optional<base::Traddr>& address, const Scopes& scopes) {
  AddressSet set{.unset = !address};
  if (!address)
    return set;
  if (address->ip()) {
    base::IpAddress const& ip = *address->ip();
    set.ip = scopes.of(ip);
    // A literal without a scope means any; this address has none.
    if (ip.family == base::IpFamily::v6 && ip.scope.empty())
      set.ip = IpSet::of(set.ip.intervals().front().first, set.ip.intervals().front().last);
  } else if (address->fc()) {
    set.fc = FcSet::of({{address->fc()->node, 16}, {address->fc()->port, 16}});
  } else {
    set.texts.texts.insert(*address->text());
  }
  return set;
}

AxisSet text_or_nothing(const std::string& text, const EventSpace& space) {
  return text.empty() ? AxisSet(TextSet{.unset = true}) : space.only(text);
}

} // namespace

Region region_of(const policy::Target& target, const EventSpace& space) {
  event::Event const event = event::from_target(target);
  policy::SubjectSet const subject{.discovery_controllers =
                                       event.subject == base::Subject::discovery_controller,
                                   .io_subsystems = event.subject == base::Subject::io_subsystem};
  Region region{.shapes = shapes_of(event.kind) & shapes_of(event.transport) & shapes_of(subject)};
  restrict(region, Axis::traddr, only_address(event.traddr, space.scopes()));
  Number const service = event.trsvcid ? Number{*event.trsvcid} : unset_number;
  restrict(region, Axis::trsvcid, NumberSet::of(service, service));
  // An fc discovery controller without a host side: every host port that sees it. A subsystem is
  // decided first, and its host ports are looked up then.
  bool const any_host_port = event.subject == base::Subject::discovery_controller &&
                             event.transport == base::Transport::fc && !event.host_traddr;
  if (!any_host_port)
    restrict(region, Axis::host_traddr, only_address(event.host_traddr, space.scopes()));
  restrict(region, Axis::host_iface, text_or_nothing(event.host_iface, space));
  restrict(region, Axis::subsystem_nqn, text_or_nothing(event.subsystem_nqn, space));
  restrict(region, Axis::discovery_nqn, text_or_nothing(event.discovery_nqn, space));
  return region;
}

void report_dead_guard(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                       diag::Sink& sink) {
  solver.meter().begin_question();
  // A guard is asked again once the host side is resolved, and that may be any.
  Region const denied = without_host_side(policy.region(guard));
  if (solver.is_empty(policy.region(guard)) != Truth::no ||
      may_let_in(denied, policy.directory().candidates(guard), policy, solver))
    return;
  auto const witness = event_of(policy.region(guard), solver);
  if (!witness || !ignored_without_guards(policy.policy(), *witness))
    return;
  diag::Finding& finding = sink.add(dead_guard,
                                    fmt::format("guard `{}` denies only what no rule would let in",
                                                policy.decider(guard).shown_name(policy.policy())),
                                    policy.decider(guard).span());
  finding.witness = fmt::format("{} → ignored also without the guard",
                                describe(witness->event, witness->hostname));
}

void report_unhandled(const std::vector<RuleReach>& rules, const CompiledPolicy& policy,
                      Solver& solver, diag::Sink& sink) {
  auto const decides = [](policy::Action action) {
    return [action](const RuleReach& reach) {
      return reach.rule->action == action &&
             (reach.reach == Reach::decides || reach.reach == Reach::unknown);
    };
  };
  auto const discovers = std::find_if(rules.begin(), rules.end(), [](const RuleReach& reach) {
    return reach.rule->action == policy::Action::discover && reach.reach == Reach::decides;
  });
  if (discovers == rules.end() ||
      std::any_of(rules.begin(), rules.end(), decides(policy::Action::connect)))
    return;
  solver.meter().begin_question();
  Region const entries{.shapes = shapes_of(base::EventKind::discovered) &
                                 shapes_of(discovers->example->event.transport)};
  auto witness = event_of(entries, solver);
  if (!witness)
    return;
  auto const decision = decide::decide(policy.policy(), witness->event, witness->hostname);
  if (decision.outcome == decide::Outcome::connect)
    return;
  diag::Finding& finding =
      sink.add(discovered_unhandled,
               fmt::format("`{}` reads discovery logs, and no rule ever connects what they list",
                           policy.policy().shown_name(*discovers->rule)),
               discovers->rule->span);
  finding.help = "add a rule with `action: connect`";
  finding.witness = describe(
      policy.policy(), Example{std::move(witness->event), std::move(witness->hostname), decision});
}

void report_unwanted_target(const policy::Target& target, const CompiledPolicy& policy,
                            Solver& solver, diag::Sink& sink) {
  event::Event const event = event::from_target(target);
  decide::Trace trace;
  auto const decision = decide::decide(policy.policy(), event, std::nullopt, &trace);
  if (decision.outcome != decide::Outcome::ignored)
    return;
  solver.meter().begin_question();
  std::vector<std::size_t> everyone(policy.size());
  for (std::size_t i = 0; i < everyone.size(); ++i)
    everyone[i] = i;
  if (may_let_in(region_of(target, solver.space()), everyone, policy, solver))
    return;
  std::string const by =
      decision.rule ? fmt::format("`{}` ignores it", policy.policy().shown_name(*decision.rule))
                    : "no rule matches it";
  diag::Finding& finding =
      sink.add(target_without_rule,
               fmt::format("target `{}` is never connected: {}", target.name, by), target.span);
  finding.witness = describe(policy.policy(), Example{event, std::nullopt, decision});
  if (auto const closest = decide::closest_rule(trace); closest && !decision.rule)
    finding.notes.push_back(fmt::format("closest is rule `{}`, which fails at `{}`",
                                        policy.policy().shown_name(*closest->rule->rule),
                                        policy::to_string(closest->first_failed->clause->key)));
}

} // namespace nvmf::analyze
