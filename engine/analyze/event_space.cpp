#include "analyze/event_space.hpp"

#include "analyze/clause_values.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <iterator>

namespace nvmf::analyze {

namespace {

using base::EventKind;
using base::Subject;
using base::Transport;

std::vector<Shape> make_shapes() {
  std::vector<Shape> shapes;
  // The kinds that make the best examples come first.
  for (EventKind kind :
       {EventKind::discovered, EventKind::discovery_log_changed, EventKind::fc_discovery,
        EventKind::discovery_reconnected, EventKind::referral, EventKind::boot, EventKind::firmware,
        EventKind::controller_lost})
    for (Subject subject : {Subject::io_subsystem, Subject::discovery_controller})
      for (Transport transport : base::all_transports)
        if (policy::exists({subject, kind, transport}))
          shapes.push_back({subject, kind, transport});
  assert(shapes.size() <= 64);
  return shapes;
}

template <class Condition>
ShapeMask shapes_where(Condition condition) {
  ShapeMask mask = 0;
  for (std::size_t i = 0; i < all_shapes().size(); ++i)
    if (condition(all_shapes()[i]))
      mask |= ShapeMask{1} << i;
  return mask;
}

policy::MatchKey match_key_of(Axis axis) {
  switch (axis) {
  case Axis::trsvcid:
    return policy::MatchKey::trsvcid;
  case Axis::portid:
    return policy::MatchKey::portid;
  case Axis::secure_channel:
    return policy::MatchKey::secure_channel;
  case Axis::traddr:
    return policy::MatchKey::traddr;
  case Axis::host_traddr:
    return policy::MatchKey::host_traddr;
  case Axis::persistent:
    return policy::MatchKey::persistent;
  case Axis::identity:
    return policy::MatchKey::identity;
  case Axis::owner:
    return policy::MatchKey::owner;
  case Axis::source:
    return policy::MatchKey::source;
  case Axis::subsystem_nqn:
    return policy::MatchKey::subsystem_nqn;
  case Axis::discovery_nqn:
    return policy::MatchKey::discovery_nqn;
  case Axis::host_nqn:
  case Axis::other_host_nqn:
    return policy::MatchKey::host_nqn;
  case Axis::host_iface:
    return policy::MatchKey::host_iface;
  case Axis::hostname:
    return policy::MatchKey::hostname;
  case Axis::first_property:
    break;
  }
  return policy::MatchKey::udev;
}

// The index into `possible` for values other than addresses.
unsigned holding(policy::Presence presence) {
  switch (presence) {
  case policy::Presence::never:
    return 0;
  case policy::Presence::always:
    return 1;
  case policy::Presence::maybe:
    return 2;
  }
  return 2;
}

// The index into `possible` for addresses: of IP, of FC, of loop.
enum AddressHolding : unsigned { ip_address, fc_address, loop_address };

AddressHolding address_holding(const Shape& shape) {
  switch (shape.transport) {
  case Transport::tcp:
  case Transport::rdma:
    return ip_address;
  case Transport::fc:
    return fc_address;
  case Transport::loop:
    return loop_address;
  }
  return loop_address;
}

NumberSet all_numbers(Axis axis) {
  switch (axis) {
  case Axis::trsvcid:
    return numbers(1, 0xffff);
  case Axis::portid:
    return numbers(0, 0xffff);
  case Axis::persistent:
    return numbers(0, 1);
  default:
    return numbers(0, base::all_secure_channels.size() - 1);
  }
}

bool is_number(Axis axis) { return axis <= Axis::persistent; }
bool is_address(Axis axis) { return axis == Axis::traddr || axis == Axis::host_traddr; }

NumberSet with_unset(const NumberSet& set) {
  auto intervals = set.intervals();
  intervals.push_back({unset_number, unset_number});
  return NumberSet(std::move(intervals));
}

} // namespace

std::span<const Shape> all_shapes() {
  static const std::vector<Shape> shapes = make_shapes();
  return shapes;
}

ShapeMask shapes_of(const policy::SubjectSet& subjects) {
  return shapes_where([&](const Shape& shape) { return subjects.contains(shape.subject); });
}

ShapeMask shapes_of(EventKind kind) {
  return shapes_where([&](const Shape& shape) { return shape.kind == kind; });
}

ShapeMask shapes_of(Transport transport) {
  // Asked for with each pair of matches that are compared.
  static const auto masks = [] {
    std::array<ShapeMask, base::all_transports.size()> all{};
    for (Transport const each : base::all_transports)
      all[static_cast<std::size_t>(each)] =
          shapes_where([&](const Shape& shape) { return shape.transport == each; });
    return all;
  }();
  return masks[static_cast<std::size_t>(transport)];
}

ShapeMask shapes_of(base::TransportSet transports) {
  return shapes_where([&](const Shape& shape) { return transports.contains(shape.transport); });
}

base::TransportSet transports_of(ShapeMask shapes) {
  base::TransportSet transports;
  for (Transport const each : base::all_transports)
    if ((shapes & shapes_of(each)) != 0)
      transports.insert(each);
  return transports;
}

EventSpace::EventSpace(std::span<const policy::Policy* const> policies) {
  auto const look_at_all = [&](const policy::Match& match) {
    for (const policy::Clause& clause : match.all)
      look_at(clause);
    for (const policy::Clause& clause : match.none)
      look_at(clause);
  };
  for (const policy::Policy* policy : policies) {
    for (const policy::Guard& guard : policy->guards)
      look_at_all(guard.match);
    for (const policy::Rule& rule : policy->rules)
      look_at_all(rule.match);
    for (const policy::Target& target : policy->targets)
      for (const policy::TargetEndpoint& endpoint : target.endpoints)
        for (const auto& address : {endpoint.traddr, endpoint.host_traddr})
          if (address && address->ip())
            scopes_.add(address->ip()->scope);
  }
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    values_.push_back(possible(static_cast<Axis>(axis)));
    std::vector<unsigned>& ids = values_ids_.emplace_back();
    for (const Shape& shape : all_shapes())
      ids.push_back(possible_id(static_cast<Axis>(axis), shape));
  }
}

void EventSpace::look_at(const policy::Clause& clause) {
  if (clause.key == policy::MatchKey::udev &&
      property_index_.emplace(clause.udev_property, properties_.size()).second)
    properties_.push_back(clause.udev_property);
  if (clause.key == policy::MatchKey::source)
    for (std::string& name : texts_in(clause))
      sources_.push_back(std::move(name));
  for_each_pattern(clause, [&](const policy::Pattern& pattern) {
    if (const auto* address = std::get_if<base::IpAddress>(&pattern))
      scopes_.add(address->scope);
  });
}

Axis EventSpace::axis_of(const policy::Clause& clause) const {
  switch (clause.key) {
  case policy::MatchKey::traddr:
    return Axis::traddr;
  case policy::MatchKey::host_traddr:
    return Axis::host_traddr;
  case policy::MatchKey::trsvcid:
    return Axis::trsvcid;
  case policy::MatchKey::host_iface:
    return Axis::host_iface;
  case policy::MatchKey::subsystem_nqn:
    return Axis::subsystem_nqn;
  case policy::MatchKey::discovery_nqn:
    return Axis::discovery_nqn;
  case policy::MatchKey::host_nqn:
    return Axis::host_nqn;
  case policy::MatchKey::hostname:
    return Axis::hostname;
  case policy::MatchKey::source:
    return Axis::source;
  case policy::MatchKey::identity:
    return Axis::identity;
  case policy::MatchKey::owner:
    return Axis::owner;
  case policy::MatchKey::persistent:
    return Axis::persistent;
  case policy::MatchKey::portid:
    return Axis::portid;
  case policy::MatchKey::secure_channel:
    return Axis::secure_channel;
  case policy::MatchKey::udev:
  case policy::MatchKey::event:
  case policy::MatchKey::transport:
    break;
  }
  assert(clause.key == policy::MatchKey::udev);
  auto const property = property_index_.find(clause.udev_property);
  assert(property != property_index_.end());
  return static_cast<Axis>(static_cast<std::size_t>(Axis::first_property) + property->second);
}

const std::string& EventSpace::property_of(Axis axis) const {
  return properties_[static_cast<std::size_t>(axis) -
                     static_cast<std::size_t>(Axis::first_property)];
}

const TextKind& EventSpace::text_kind(Axis axis) const {
  switch (axis) {
  case Axis::subsystem_nqn:
  case Axis::discovery_nqn:
  case Axis::host_nqn:
  case Axis::other_host_nqn:
    return nqn_texts();
  case Axis::host_iface:
    return interface_texts();
  case Axis::identity:
    return identity_texts();
  case Axis::owner:
    return owner_texts();
  case Axis::hostname:
    return hostname_texts();
  default:
    return property_texts();
  }
}

const AxisSetPtr& EventSpace::values(Axis axis, std::size_t shape) const {
  auto const index = static_cast<std::size_t>(axis);
  return values_[index][values_ids_[index][shape]];
}

unsigned EventSpace::values_id(Axis axis, std::size_t shape) const {
  return values_ids_[static_cast<std::size_t>(axis)][shape];
}

std::vector<AxisSetPtr> EventSpace::possible(Axis axis) const {
  auto const shared = [](AxisSet set) { return std::make_shared<const AxisSet>(std::move(set)); };
  if (is_number(axis)) {
    NumberSet const all = all_numbers(axis);
    return {shared(NumberSet::of(unset_number, unset_number)), shared(all),
            shared(with_unset(all))};
  }
  if (!is_address(axis))
    return {shared(TextSet{.unset = true}), shared(TextSet{.text = true}),
            shared(axis == Axis::source ? TextSet{.text = true}
                                        : TextSet{.unset = true, .text = true})};
  // A host side may be left open everywhere, loop has none, and may have no address either.
  bool const may_be_unset = axis == Axis::host_traddr;
  AddressSet ip{.unset = may_be_unset};
  auto both = scopes_.all(base::IpFamily::v4).intervals();
  auto const v6 = scopes_.all(base::IpFamily::v6).intervals();
  both.insert(both.end(), v6.begin(), v6.end());
  ip.ip = IpSet(std::move(both));
  AddressSet const fc{.fc = FcSet::all(), .unset = may_be_unset};
  AddressSet const loop{.texts = {.all_but = axis == Axis::traddr}, .unset = true};
  return {shared(ip), shared(fc), shared(loop)};
}

unsigned EventSpace::possible_id(Axis axis, const Shape& shape) const {
  if (is_address(axis))
    return address_holding(shape);
  return holding(policy::presence(match_key_of(axis), shape));
}

AxisSet EventSpace::everything(Axis axis) const {
  if (is_number(axis))
    return with_unset(numbers(0, 0xffff));
  if (!is_address(axis))
    return TextSet{.unset = true, .text = true};
  AddressSet all = std::get<AddressSet>(*values_[static_cast<std::size_t>(axis)][ip_address]);
  all.fc = FcSet::all();
  all.texts.all_but = true;
  all.unset = true;
  return all;
}

const GlobUnion* EventSpace::interned(std::vector<std::string> patterns) const {
  std::sort(patterns.begin(), patterns.end());
  patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
  auto const [entry, fresh] = unions_.try_emplace(patterns);
  if (fresh)
    entry->second = std::make_unique<GlobUnion>(std::move(patterns));
  return entry->second.get();
}

AxisSet EventSpace::accepted(const policy::Clause& clause) const {
  Axis const axis = axis_of(clause);
  if (is_number(axis))
    return numbers_in(clause);
  if (is_address(axis))
    return addresses_in(clause, scopes_);
  return TextSet{.text = true, .must = {interned(texts_in(clause))}};
}

AxisSet EventSpace::refused(const policy::Clause& clause) const {
  Axis const axis = axis_of(clause);
  if (!is_number(axis) && !is_address(axis))
    return TextSet{.unset = true, .text = true, .must_not = {interned(texts_in(clause))}};
  return difference_parts(everything(axis), accepted(clause)).front();
}

AxisSet EventSpace::only(std::string text) const {
  return TextSet{.text = true, .must = {interned({std::move(text)})}};
}

AxisSet EventSpace::only_source(const std::string& name) const {
  TextSet set{.text = true, .must = {interned({name})}};
  std::vector<std::string> others;
  std::copy_if(sources_.begin(), sources_.end(), std::back_inserter(others),
               [&](const std::string& other) { return other != name; });
  if (!others.empty())
    set.must_not = {interned(std::move(others))};
  return set;
}

std::optional<TextSet> EventSpace::without_source(const TextSet& sources,
                                                  const std::string& name) const {
  auto const others = [&](const GlobUnion* names) {
    std::vector<std::string> rest = names->patterns();
    std::erase(rest, name);
    return rest;
  };
  TextSet result{.unset = sources.unset, .text = sources.text};
  for (const GlobUnion* wanted : sources.must) {
    std::vector<std::string> rest = others(wanted);
    if (rest.empty())
      return std::nullopt;
    result.must.push_back(interned(std::move(rest)));
  }
  for (const GlobUnion* refused : sources.must_not)
    if (std::vector<std::string> rest = others(refused); !rest.empty())
      result.must_not.push_back(interned(std::move(rest)));
  for (auto* unions : {&result.must, &result.must_not}) {
    std::sort(unions->begin(), unions->end());
    unions->erase(std::unique(unions->begin(), unions->end()), unions->end());
  }
  return result;
}

} // namespace nvmf::analyze
