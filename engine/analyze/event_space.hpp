// Everything that an event can be, as a space: exactness rests on it.
//
// An event is one of a few shapes and a value on each axis. A shape settles what an axis can hold
// at all (policy/event_shapes.hpp). Where it is not certain that a value is always there, the space
// holds both; a space that is too large makes the analysis say less, never wrong.
#pragma once

#include "analyze/axis_set.hpp"
#include "base/transport.hpp"
#include "base/words.hpp"
#include "policy/event_shapes.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace nvmf::analyze {

using Shape = policy::EventShape;

// One bit per shape.
using ShapeMask = std::uint64_t;
std::span<const Shape> all_shapes();
ShapeMask shapes_of(const policy::SubjectSet& subjects);
ShapeMask shapes_of(base::EventKind kind);
ShapeMask shapes_of(base::Transport transport);
ShapeMask shapes_of(base::TransportSet transports);
base::TransportSet transports_of(ShapeMask shapes);

// The keys of a match but `event` and `transport`, which the shape settles; each udev property is
// an axis of its own. In the order in which they are cheap to tell apart.
enum class Axis : std::uint16_t {
  trsvcid,
  portid,
  secure_channel,
  persistent,
  traddr,
  host_traddr,
  source,
  subsystem_nqn,
  discovery_nqn,
  host_nqn,
  other_host_nqn, // of a target that has another identity in the other of two policies
  host_iface,
  identity,
  owner,
  hostname,
  first_property, // and all numbers above
};

// Nobody knows beforehand what these will be.
inline bool is_opaque(Axis axis) { return axis >= Axis::hostname; }

class EventSpace {
public:
  // The policies that will be looked at: they say which scopes, sources and properties matter.
  explicit EventSpace(std::span<const policy::Policy* const> policies);

  std::size_t axes() const {
    return static_cast<std::size_t>(Axis::first_property) + properties_.size();
  }
  Axis axis_of(const policy::Clause& clause) const;
  const std::string& property_of(Axis axis) const; // of a udev axis
  const TextKind& text_kind(Axis axis) const;      // of an axis of texts

  // The values that an event of this shape can have on the axis.
  const AxisSetPtr& values(Axis axis, std::size_t shape) const;
  // Shapes that have the same values on an axis have the same number.
  unsigned values_id(Axis axis, std::size_t shape) const;

  // The values that a clause accepts, over all shapes; and those that it does not.
  AxisSet accepted(const policy::Clause& clause) const;
  AxisSet refused(const policy::Clause& clause) const;
  // One text, as the value of an axis of texts.
  AxisSet only(std::string text) const;
  // A thing that came from the one named, and from nothing else that a policy asks for.
  AxisSet only_source(const std::string& name) const;
  // The sources that are in the set when the name is taken from them; nothing: there are none.
  std::optional<TextSet> without_source(const TextSet& sources, const std::string& name) const;

  const Scopes& scopes() const { return scopes_; }

private:
  void look_at(const policy::Clause& clause);
  const GlobUnion* interned(std::vector<std::string> patterns) const;
  AxisSet everything(Axis axis) const;
  std::vector<AxisSetPtr> possible(Axis axis) const;
  unsigned possible_id(Axis axis, const Shape& shape) const;

  Scopes scopes_;
  std::vector<std::string> properties_;
  std::unordered_map<std::string, std::size_t> property_index_; // into properties_
  std::vector<std::string> sources_;                            // that some match names
  // Per axis, the few different sets of values, and which of them each shape has.
  std::vector<std::vector<AxisSetPtr>> values_;
  std::vector<std::vector<unsigned>> values_ids_;
  mutable std::map<std::vector<std::string>, std::unique_ptr<GlobUnion>> unions_;
};

} // namespace nvmf::analyze
