#include "analyze/witness.hpp"

#include "base/nqn.hpp"
#include "event/usual_service.hpp"

#include <algorithm>
#include <set>

namespace nvmf::analyze {

namespace {

// 192.0.2.10, RFC 5737: an address for examples.
constexpr AddressNumber example_address = 0xc000020aU;
constexpr base::FcAddress example_fc{.node = 0x200100a098000001ULL, .port = 0x200200a098000001ULL};
constexpr std::string_view example_subsystem = "nqn.2024-01.com.example:vol1";

// Reads one value off each axis. Sets are not empty.
class Reader {
public:
  Reader(const Cell& cell, Solver& solver) : cell_(cell), solver_(solver) {
    shape_ = static_cast<std::size_t>(__builtin_ctzll(cell.shapes));
  }

  std::optional<Witness> read() {
    const Shape& shape = all_shapes()[shape_];
    Witness witness;
    event::Event& event = witness.event;
    event.kind = shape.kind;
    event.subject = shape.subject;
    event.endpoint.transport = shape.transport;
    event.endpoint.traddr = address(Axis::traddr);
    event.endpoint.host_traddr = address(Axis::host_traddr);
    event.endpoint.trsvcid =
        number(Axis::trsvcid, event::usual_service(shape.transport, shape.subject));
    event.portid = number(Axis::portid, std::nullopt);
    if (auto const treq = number(Axis::secure_channel, std::nullopt))
      event.secure_channel = static_cast<base::SecureChannel>(*treq);
    if (auto const persistent = number(Axis::persistent, std::nullopt))
      event.persistent = *persistent != 0;
    if (auto const owner = text(Axis::owner, {}))
      event.owner = owner_of_text(*owner);
    event.identity = text(Axis::identity, {}).value_or("");
    event.subsystem_nqn = text(Axis::subsystem_nqn, example_subsystem).value_or("");
    event.discovery_nqn = text(Axis::discovery_nqn, base::well_known_discovery_nqn).value_or("");
    event.host_nqn = text(Axis::host_nqn, {}).value_or("");
    witness.other_host_nqn = text(Axis::other_host_nqn, {}).value_or("");
    event.endpoint.host_iface = text(Axis::host_iface, {}).value_or("");
    witness.hostname = text(Axis::hostname, {});
    event.sources = sources();
    read_properties(event);
    return complete_ ? std::optional(std::move(witness)) : std::nullopt;
  }

private:
  const AxisSet& values(Axis axis) const {
    const AxisSet* bound = cell_.bound_on(axis);
    return bound ? *bound : *solver_.space().values(axis, shape_);
  }

  std::optional<std::uint16_t> number(Axis axis, std::optional<std::uint16_t> usual) const {
    const NumberSet& set = std::get<NumberSet>(values(axis));
    if (usual && set.contains({*usual}))
      return usual;
    bool const may_be_unset = set.contains(unset_number);
    Number const first = set.intervals().front().first;
    if (first == unset_number || (!usual && may_be_unset))
      return std::nullopt;
    return static_cast<std::uint16_t>(first.value);
  }

  std::optional<base::Traddr> address(Axis axis) const {
    const AddressSet& set = std::get<AddressSet>(values(axis));
    if (set.unset && axis == Axis::host_traddr)
      return std::nullopt;
    if (!set.ip.empty())
      return base::Traddr(ip_address(set.ip));
    if (!set.fc.empty())
      return base::Traddr(fc_address(set.fc));
    return set.unset ? std::nullopt : loop_address(set.texts);
  }

  base::IpAddress ip_address(const IpSet& set) const {
    const Scopes& scopes = solver_.space().scopes();
    if (set.contains({0, example_address}))
      return scopes.to_address({0, example_address});
    // Not the address of the network itself, where there are others.
    auto const& [first, last] = set.intervals().front();
    bool const network = (first.value & 0xff) == 0 && first != last;
    return scopes.to_address(network ? after(first) : first);
  }

  static base::FcAddress fc_address(const FcSet& set) {
    const FcRectangle& names = set.rectangles().front();
    auto const in = [](const Interval<std::uint64_t>& interval, std::uint64_t usual) {
      return interval.first <= usual && usual <= interval.last ? usual : interval.first;
    };
    return {.node = in(names.node, example_fc.node), .port = in(names.port, example_fc.port)};
  }

  static std::optional<base::Traddr> loop_address(const LiteralSet& set) {
    if (!set.all_but)
      return base::Traddr::parse(base::Transport::loop, *set.texts.begin());
    std::string text = "loop";
    while (set.texts.contains(text))
      text += "0";
    return base::Traddr::parse(base::Transport::loop, text);
  }

  // Nothing: the event has no such value. Without a `usual` value that is what is usual.
  std::optional<std::string> text(Axis axis, std::string_view usual) {
    const TextSet& set = std::get<TextSet>(values(axis));
    if (!set.text || (set.unset && usual.empty()))
      return std::nullopt;
    if (!usual.empty() && accepts(set, usual))
      return std::string(usual);
    Word word = solver_.word_in(axis, set);
    complete_ = complete_ && word.known && (word.text || set.unset);
    return std::move(word.text);
  }

  static bool accepts(const TextSet& set, std::string_view text) {
    auto const matches = [&](const GlobUnion* globs) { return globs->matches(text); };
    return std::all_of(set.must.begin(), set.must.end(), matches) &&
           std::none_of(set.must_not.begin(), set.must_not.end(), matches);
  }

  // One name for each union that must be hit.
  std::vector<std::string> sources() const {
    const TextSet& set = std::get<TextSet>(values(Axis::source));
    std::set<std::string> names;
    for (const GlobUnion* wanted : set.must)
      for (const std::string& name : wanted->patterns())
        if (std::none_of(set.must_not.begin(), set.must_not.end(),
                         [&](const GlobUnion* refused) { return refused->matches(name); })) {
          names.insert(name);
          break;
        }
    return {names.begin(), names.end()};
  }

  // No event must have a property: only those that are asked for matter.
  void read_properties(event::Event& event) {
    for (const Bound& bound : cell_.bounds)
      if (bound.axis >= Axis::first_property)
        if (auto value = text(bound.axis, {}))
          event.udev[solver_.space().property_of(bound.axis)] = std::move(*value);
  }

  const Cell& cell_;
  Solver& solver_;
  std::size_t shape_ = 0;
  bool complete_ = true;
};

} // namespace

std::optional<Witness> witness_in(const Cell& cell, Solver& solver) {
  return Reader(cell, solver).read();
}

std::optional<Witness> event_of(const Region& region, Solver& solver) {
  Remainder const whole = solver.subtract(region, {});
  return whole.empty == Truth::no ? witness_in(whole.cell, solver) : std::nullopt;
}

} // namespace nvmf::analyze
