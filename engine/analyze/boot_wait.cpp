// NVP411: what boot waits for and nothing brings.
#include "analyze/policy_lints.hpp"
#include "analyze/target_deciders.hpp"
#include "event/from_target.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

constexpr std::uint16_t waits_for_nothing = 411;

// Subsystems that the glob names, wherever they come from.
Region subsystems_of(const base::Glob& glob, const EventSpace& space) {
  policy::SubjectSet const io{.discovery_controllers = false, .io_subsystems = true};
  Region region{.shapes = shapes_of(io)};
  restrict(region, Axis::subsystem_nqn, space.only(glob.pattern()));
  return region;
}

// It denies whatever host side and identity are used in the end.
bool is_certain(const Decider& decider) {
  return !decider.guard || !decide::looks_at_final_values(*decider.guard);
}

bool a_rule_may_bring(const Region& wanted, const CompiledPolicy& policy, Solver& solver) {
  std::vector<const Region*> earlier;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    Region const both = intersection(wanted, policy.region(i));
    bool const connects =
        policy.decider(i).rule && policy.decider(i).rule->action == policy::Action::connect;
    if (connects && solver.subtract(both, earlier).empty != Truth::yes)
      return true;
    if (!policy.region(i).opaque && is_certain(policy.decider(i)))
      earlier.push_back(&policy.region(i));
  }
  return false;
}

// A target is wanted itself, unless guards or rules keep it away.
bool a_target_may_bring(const base::Glob& glob, const CompiledPolicy& policy, Solver& solver) {
  std::vector<const Region*> against;
  for (std::size_t i = 0; i < policy.size(); ++i)
    if (!lets_in(policy.decider(i)) && !policy.region(i).opaque && is_certain(policy.decider(i)))
      against.push_back(&policy.region(i));
  for (const policy::Target& target : policy.policy().targets)
    for (const event::Event& event : event::from_target(target))
      if (event.subject == base::Subject::io_subsystem && glob.matches(event.subsystem_nqn) &&
          solver.subtract(region_of(event, solver.space()), against).empty != Truth::yes)
        return true;
  return false;
}

} // namespace

void report_waits_for_nothing(const CompiledPolicy& policy, Solver& solver, diag::Sink& sink) {
  for (const auto& [glob, span] : policy.policy().boot.wait_for) {
    solver.meter().begin_question();
    if (a_target_may_bring(glob, policy, solver) ||
        a_rule_may_bring(subsystems_of(glob, solver.space()), policy, solver))
      continue;
    diag::Finding& finding = sink.add(
        waits_for_nothing,
        fmt::format("boot waits for `{}`, which no target is and no rule connects", glob.pattern()),
        span);
    bool const may_be_firmware = policy.policy().nbft == policy::NbftUse::use;
    finding.notes.push_back(fmt::format(
        "{}boot goes on after {}", may_be_firmware ? "unless this host's firmware names it, " : "",
        base::format_duration(policy.policy().boot.timeout)));
    finding.help = "add a target or a `connect` rule for it, or take it out";
  }
}

} // namespace nvmf::analyze
