// NVP608: a guard on a host side, and a rule that leaves the host side to the kernel.
#include "analyze/policy_lints.hpp"
#include "analyze/target_deciders.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t guard_on_free_host_side = 608;

bool names_host_side(const policy::Guard& guard) {
  auto const is_host_side = [](const policy::Clause& clause) {
    return clause.key == policy::MatchKey::host_iface ||
           clause.key == policy::MatchKey::host_traddr;
  };
  return std::any_of(guard.match.all.begin(), guard.match.all.end(), is_host_side) ||
         std::any_of(guard.match.none.begin(), guard.match.none.end(), is_host_side);
}

// The shapes in which some event is in the region.
ShapeMask inhabited_shapes(const Region& region, Solver& solver) {
  ShapeMask inhabited = 0;
  for (std::size_t shape = 0; shape < all_shapes().size(); ++shape) {
    Region one = region;
    one.shapes &= ShapeMask{1} << shape;
    if (one.shapes != 0 && solver.is_empty(one) == Truth::no)
      inhabited |= one.shapes;
  }
  return inhabited;
}

// Paths whose host side a rule may leave to the kernel. Over fc it is every host port that sees the
// target port, and the guards look at each; loop has none.
ShapeMask routed_shapes() {
  return shapes_of(base::Transport::tcp) | shapes_of(base::Transport::rdma);
}

// What a rule with `host-side: any` can get to decide: entries of logs, and targets that name no
// host side of their own.
std::vector<Region> left_to_kernel(const CompiledPolicy& policy, const EventSpace& space) {
  policy::SubjectSet const io{.discovery_controllers = false, .io_subsystems = true};
  std::vector<Region> regions{
      {.shapes = shapes_of(base::EventKind::discovered) & shapes_of(io) & routed_shapes()}};
  for (const policy::Target& target : policy.policy().targets)
    if (target.subject() == base::Subject::io_subsystem && !target.endpoint.host_traddr &&
        target.endpoint.host_iface.empty()) {
      regions.push_back(region_of(target, space));
      regions.back().shapes &= routed_shapes();
    }
  return regions;
}

// An event that the rule decides, and that the guard would deny if it came from the right place.
std::optional<Example> unseen_event(std::size_t guard, std::size_t rule, const Region& start,
                                    const CompiledPolicy& policy, Solver& solver) {
  Region both = intersection(intersection(without_host_side(policy.region(guard)), start),
                             policy.region(rule));
  both.shapes &= inhabited_shapes(policy.region(guard), solver);
  std::vector<std::size_t> const earlier = policy.directory().candidates(rule, rule);
  std::vector<const Region*> others;
  for (std::size_t const index : earlier)
    others.push_back(&policy.region(index));
  Remainder const rest = solver.subtract(both, others);
  return rest.empty == Truth::no ? confirmed_among(rest.cell, solver, policy, rule, earlier)
                                 : std::nullopt;
}

void report(const CompiledPolicy& policy, std::size_t guard, std::size_t rule,
            const Example& example, diag::Sink& sink) {
  const std::string& name = policy.decider(rule).shown_name(policy.policy());
  diag::Finding& finding =
      sink.add(guard_on_free_host_side,
               fmt::format("guard `{}` cannot see the host side that `{}` leaves to the kernel",
                           policy.decider(guard).shown_name(policy.policy()), name),
               policy.decider(guard).span());
  finding.spans.push_back({policy.decider(rule).span(), "`host-side: any`", false});
  finding.help = "use `host-side: same-subnet` or `inherit` in that rule";
  finding.witness =
      fmt::format("{}, from wherever the kernel routes it", describe(policy.policy(), example));
}

} // namespace

void report_free_host_side(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                           diag::Sink& sink) {
  if (!names_host_side(*policy.decider(guard).guard))
    return;
  solver.meter().begin_question();
  for (std::size_t index = policy.guards(); index < policy.size(); ++index) {
    const policy::Rule& rule = *policy.decider(index).rule;
    if (rule.action != policy::Action::connect || rule.host_side != policy::HostSide::any)
      continue;
    for (const Region& start : left_to_kernel(policy, solver.space()))
      if (auto const example = unseen_event(guard, index, start, policy, solver))
        return report(policy, guard, index, *example, sink);
  }
}

} // namespace nvmf::analyze
