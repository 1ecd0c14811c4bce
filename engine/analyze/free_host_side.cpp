// NVP608: a guard on a host side, and a way to a host side that nobody names.
#include "analyze/clause_values.hpp"
#include "analyze/policy_lints.hpp"
#include "analyze/target_deciders.hpp"
#include "analyze/witness.hpp"
#include "event/from_target.hpp"

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

Region unset_host_side(Region region) {
  restrict(region, Axis::host_traddr, AddressSet{.unset = true});
  restrict(region, Axis::host_iface, TextSet{.unset = true});
  return region;
}

bool leaves_open(const event::Event& event) {
  bool const routed = event.endpoint.transport == base::Transport::tcp ||
                      event.endpoint.transport == base::Transport::rdma;
  return routed && !event.endpoint.host_traddr && event.endpoint.host_iface.empty();
}

// A target at an endpoint that names no host side.
struct OpenEndpoint {
  const policy::Target* target = nullptr;
  event::Event event;
};

std::vector<OpenEndpoint> open_endpoints(const policy::Policy& policy) {
  std::vector<OpenEndpoint> open;
  for (const policy::Target& target : policy.targets)
    if (target.host_side != policy::HostSide::same_subnet)
      for (event::Event& event : event::from_target(target))
        if (leaves_open(event))
          open.push_back({&target, std::move(event)});
  return open;
}

// Whether something that came from one of the names may match.
bool may_come_from(const policy::Match& match, const Names& names) {
  return std::all_of(match.all.begin(), match.all.end(), [&](const policy::Clause& clause) {
    if (clause.key != policy::MatchKey::source)
      return true;
    auto const accepted = texts_in(clause);
    return std::any_of(accepted.begin(), accepted.end(),
                       [&](const std::string& name) { return names.contains(name); });
  });
}

// Looks for ways on which nobody names the host side of what the guard looks at.
class OpenWays {
public:
  OpenWays(std::size_t guard, const CompiledPolicy& policy, Solver& solver)
      : guard_(guard), policy_(policy), solver_(solver), open_(open_endpoints(policy.policy())) {
    find_open_sources();
  }

  struct Way {
    const diag::Span* span = nullptr;
    std::string name;    // of the rule or target
    std::string example; // an event on it
    std::string help;
  };

  std::vector<Way> all() {
    for (std::size_t index = 0; index < policy_.size(); ++index)
      if (policy_.decider(index).rule)
        look_at_rule(index);
    for (const OpenEndpoint& endpoint : open_)
      look_at_target(endpoint);
    return std::move(ways_);
  }

private:
  const policy::Rule& rule(std::size_t index) const { return *policy_.decider(index).rule; }

  // Names that entries with an unset host side may have as their source: of the discovery
  // controllers that were connected without one, and of the rules that decided them.
  void find_open_sources() {
    for (const OpenEndpoint& endpoint : open_)
      if (endpoint.event.subject == base::Subject::discovery_controller)
        sources_.insert(endpoint.target->name);
    for (std::size_t before = sources_.size() + 1; before != sources_.size();) {
      before = sources_.size();
      for (std::size_t index = 0; index < policy_.size(); ++index)
        if (policy_.decider(index).rule && reads_open_logs(index))
          sources_.merge(names_below(rule(index)));
    }
  }

  bool reads_open_logs(std::size_t index) {
    if (rule(index).action != policy::Action::discover ||
        !may_come_from(rule(index).match, sources_))
      return false;
    policy::SubjectSet const discovery{.discovery_controllers = true, .io_subsystems = false};
    Region const start = unset_host_side({.shapes = shapes_of(discovery) & routed_shapes()});
    return remainder(intersection(start, policy_.region(index)), index).empty == Truth::no;
  }

  Remainder remainder(const Region& region, std::size_t index) {
    std::vector<const Region*> others;
    for (std::size_t const earlier : policy_.directory().candidates(index, index))
      others.push_back(&policy_.region(earlier));
    return solver_.subtract(region, others);
  }

  void look_at_rule(std::size_t index) {
    if (rule(index).action == policy::Action::ignore)
      return;
    if (rule(index).action == policy::Action::connect && look_at_entries(index))
      return;
    for (const OpenEndpoint& endpoint : open_) {
      bool const settled = !endpoint.target->host_side &&
                           endpoint.event.subject == base::Subject::io_subsystem &&
                           rule(index).host_side == policy::HostSide::same_subnet;
      if (!settled && add_if_unseen(index, region_of(endpoint.event, solver_.space()),
                                    "name `host-traddr` or `host-iface` in the target, or give it "
                                    "`host-side: same-subnet`"))
        return;
    }
  }

  // Entries of logs.
  bool look_at_entries(std::size_t index) {
    policy::SubjectSet const io{.discovery_controllers = false, .io_subsystems = true};
    Region const entries{.shapes = shapes_of(base::EventKind::discovered) & shapes_of(io) &
                                   routed_shapes()};
    switch (rule(index).host_side) {
    case policy::HostSide::same_subnet:
      return false;
    case policy::HostSide::any:
      return add_if_unseen(index, entries, "use `host-side: same-subnet` in that rule");
    case policy::HostSide::inherit:
      return !sources_.empty() && may_come_from(rule(index).match, sources_) &&
             add_if_unseen(index, unset_host_side(entries),
                           "name the host side of its discovery controllers in their targets, or "
                           "use `host-side: same-subnet` in that rule");
    }
    return false;
  }

  bool add_if_unseen(std::size_t index, const Region& start, std::string help) {
    auto const example = unseen_event(guard_, index, start, policy_, solver_);
    if (!example)
      return false;
    const Decider& decider = policy_.decider(index);
    ways_.push_back({&decider.span(), decider.shown_name(policy_.policy()),
                     describe(policy_.policy(), *example), std::move(help)});
    return true;
  }

  // Decided by itself: by no rule.
  void look_at_target(const OpenEndpoint& endpoint) {
    Region both = intersection(without_host_side(policy_.region(guard_)),
                               region_of(endpoint.event, solver_.space()));
    both.shapes &= inhabited_shapes(policy_.region(guard_), solver_);
    Remainder const rest = solver_.subtract(both, policy_.regions());
    auto const witness = rest.empty == Truth::no ? witness_in(rest.cell, solver_) : std::nullopt;
    if (!witness || decide::decide(policy_.policy(), witness->event, witness->hostname).reason !=
                        decide::Reason::no_rule_matched)
      return;
    ways_.push_back({&endpoint.target->span, endpoint.target->name,
                     fmt::format("{} → decided by the target itself",
                                 describe(witness->event, witness->hostname)),
                     "name `host-traddr` or `host-iface` in the target, or give it `host-side: "
                     "same-subnet`"});
  }

  std::size_t guard_;
  const CompiledPolicy& policy_;
  Solver& solver_;
  std::vector<OpenEndpoint> open_;
  Names sources_;
  std::vector<Way> ways_;
};

} // namespace

void report_free_host_side(std::size_t guard, const CompiledPolicy& policy, Solver& solver,
                           diag::Sink& sink) {
  if (!names_host_side(*policy.decider(guard).guard))
    return;
  solver.meter().begin_question();
  auto const ways = OpenWays(guard, policy, solver).all();
  if (ways.empty())
    return;
  diag::Finding& finding =
      sink.add(guard_on_free_host_side,
               fmt::format("guard `{}` sees the host side of `{}` only when it connects",
                           policy.decider(guard).shown_name(policy.policy()), ways.front().name),
               policy.decider(guard).span());
  for (const auto& way : ways)
    finding.spans.push_back({*way.span, "leaves the host side to the kernel's routing", false});
  finding.notes.push_back("a connection that is there is not looked at again when routes change");
  finding.help = ways.front().help;
  finding.witness = fmt::format("{}, from wherever the kernel routes it", ways.front().example);
}

} // namespace nvmf::analyze
