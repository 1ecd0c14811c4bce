#include "analyze/target_deciders.hpp"

namespace nvmf::analyze {

namespace {

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

Region region_of(const event::Event& event, const EventSpace& space) {
  policy::SubjectSet const subject{.discovery_controllers =
                                       event.subject == base::Subject::discovery_controller,
                                   .io_subsystems = event.subject == base::Subject::io_subsystem};
  Region region{.shapes = shapes_of(event.kind) & shapes_of(event.endpoint.transport) &
                          shapes_of(subject)};
  if (event.host_name.empty())
    restrict(region, Axis::traddr, only_address(event.endpoint.traddr, space.scopes()));
  Number const service = event.endpoint.trsvcid ? Number{*event.endpoint.trsvcid} : unset_number;
  restrict(region, Axis::trsvcid, NumberSet::of(service, service));
  // An fc discovery controller without a host side: every host port that sees it. A subsystem is
  // decided first, and its host ports are looked up then.
  bool const any_host_port = event.subject == base::Subject::discovery_controller &&
                             event.endpoint.transport == base::Transport::fc &&
                             !event.endpoint.host_traddr;
  if (!any_host_port)
    restrict(region, Axis::host_traddr, only_address(event.endpoint.host_traddr, space.scopes()));
  restrict(region, Axis::host_iface, text_or_nothing(event.endpoint.host_iface, space));
  restrict(region, Axis::subsystem_nqn, text_or_nothing(event.subsystem_nqn, space));
  restrict(region, Axis::discovery_nqn, text_or_nothing(event.discovery_nqn, space));
  restrict(region, Axis::source, space.only_source(event.target));
  return region;
}

TargetDeciders::TargetDeciders(const CompiledPolicy& policy, std::vector<Region> targets)
    : policy_(policy), targets_(std::move(targets)), directory_(all_regions()) {}

std::vector<std::size_t> TargetDeciders::of(std::size_t target, const Region& region,
                                            Solver& solver) const {
  std::vector<std::size_t> found;
  for (std::size_t const index : directory_.candidates(policy_.size() + target, policy_.size())) {
    if (solver.overlap(policy_.region(index), region) == Truth::no)
      continue;
    found.push_back(index);
    if (solver.contains(policy_.region(index), region) == Truth::yes)
      break;
  }
  return found;
}

std::vector<const Region*> TargetDeciders::all_regions() const {
  std::vector<const Region*> regions = policy_.regions();
  for (const Region& target : targets_)
    regions.push_back(&target);
  return regions;
}

Region region_of_endpoint(const event::Event& event, const EventSpace& space) {
  Region region = region_of(event, space);
  bool const is_discovery = event.subject == base::Subject::discovery_controller;
  region.shapes = shapes_of(policy::SubjectSet{.discovery_controllers = is_discovery,
                                               .io_subsystems = !is_discovery}) &
                  shapes_of(event.endpoint.transport);
  std::erase_if(region.bounds, [&](const Bound& bound) {
    return bound.axis == Axis::discovery_nqn || bound.axis == Axis::source ||
           (bound.axis == Axis::host_traddr && !event.endpoint.host_traddr) ||
           (bound.axis == Axis::host_iface && event.endpoint.host_iface.empty());
  });
  return region;
}

} // namespace nvmf::analyze
