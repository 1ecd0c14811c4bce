// The events that a match accepts: shapes, and a set of values on each axis that it restricts.
//
// A match is a conjunction, and each of its clauses (also one under `not`) restricts one axis, so
// that it is one box: no union is needed for it.
#pragma once

#include "analyze/event_space.hpp"

#include <cstdint>
#include <vector>

namespace nvmf::analyze {

struct Bound {
  Axis axis;
  AxisSetPtr set;
};

struct Region {
  ShapeMask shapes = 0;
  std::vector<Bound> bounds; // sorted by axis, one each; an axis without a bound is free
  bool opaque = false;       // has a bound on an axis that nobody knows beforehand

  const AxisSet* bound_on(Axis axis) const;
};

Region region_of(const policy::Match& match, const policy::SubjectSet& subjects,
                 const EventSpace& space);
// The same for whatever host side.
Region without_host_side(Region region);
// The same for whatever host side and identity.
Region without_final_values(Region region);
// The events that both accept.
Region intersection(const Region& a, const Region& b);
// Restricts one axis.
void restrict(Region& region, Axis axis, AxisSet set);

// A part of a region over shapes that have the same values on all axes looked at: every one of
// those axes has a set, within what is possible.
struct Cell {
  ShapeMask shapes = 0;
  std::vector<Bound> bounds; // sorted by axis

  const AxisSet* bound_on(Axis axis) const;
  const AxisSetPtr& on(Axis axis) const; // of an axis that is bounded
};

// The axes that any of these regions bounds, sorted.
std::vector<Axis> axes_of(const Region& region, const std::vector<const Region*>& others);

// `region` as cells over `axes`, which must hold all of its own. Sets may be empty.
std::vector<Cell> cells_of(const Region& region, const std::vector<Axis>& axes,
                           const EventSpace& space);

} // namespace nvmf::analyze
