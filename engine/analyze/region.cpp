#include "analyze/region.hpp"

#include "analyze/clause_values.hpp"

#include <algorithm>
#include <cassert>
#include <map>

namespace nvmf::analyze {

namespace {

ShapeMask shapes_in(const policy::Clause& clause) {
  ShapeMask mask = 0;
  for_each_pattern(clause, [&](const policy::Pattern& pattern) {
    if (const auto* kind = std::get_if<base::EventKind>(&pattern))
      mask |= shapes_of(*kind);
    if (const auto* transport = std::get_if<base::Transport>(&pattern))
      mask |= shapes_of(*transport);
  });
  return mask;
}

bool restricts_shape(const policy::Clause& clause) {
  return clause.key == policy::MatchKey::event || clause.key == policy::MatchKey::transport;
}

bool before_axis(const Bound& bound, Axis axis) { return bound.axis < axis; }

const AxisSet* set_on(const std::vector<Bound>& bounds, Axis axis) {
  auto const at = std::lower_bound(bounds.begin(), bounds.end(), axis, before_axis);
  return at != bounds.end() && at->axis == axis ? at->set.get() : nullptr;
}

} // namespace

const AxisSet* Region::bound_on(Axis axis) const { return set_on(bounds, axis); }
const AxisSet* Cell::bound_on(Axis axis) const { return set_on(bounds, axis); }

const AxisSetPtr& Cell::on(Axis axis) const {
  auto const at = std::lower_bound(bounds.begin(), bounds.end(), axis, before_axis);
  assert(at != bounds.end() && at->axis == axis);
  return at->set;
}

void restrict(Region& region, Axis axis, AxisSet set) {
  auto const at = std::lower_bound(region.bounds.begin(), region.bounds.end(), axis, before_axis);
  region.opaque = region.opaque || is_opaque(axis);
  if (at != region.bounds.end() && at->axis == axis)
    at->set = std::make_shared<const AxisSet>(intersection(*at->set, set));
  else
    region.bounds.insert(at, {axis, std::make_shared<const AxisSet>(std::move(set))});
}

Region region_of(const policy::Match& match, const policy::SubjectSet& subjects,
                 const EventSpace& space) {
  Region region{.shapes = shapes_of(subjects)};
  for (const policy::Clause& clause : match.all) {
    if (restricts_shape(clause))
      region.shapes &= shapes_in(clause);
    else
      restrict(region, space.axis_of(clause), space.accepted(clause));
  }
  for (const policy::Clause& clause : match.none) {
    if (restricts_shape(clause))
      region.shapes &= ~shapes_in(clause);
    else
      restrict(region, space.axis_of(clause), space.refused(clause));
  }
  return region;
}

Region without_host_side(Region region) {
  std::erase_if(region.bounds, [](const Bound& bound) {
    return bound.axis == Axis::host_traddr || bound.axis == Axis::host_iface;
  });
  return region;
}

Region without_final_values(Region region) {
  std::erase_if(region.bounds, [](const Bound& bound) {
    return bound.axis == Axis::identity || bound.axis == Axis::host_nqn;
  });
  return without_host_side(std::move(region));
}

Region intersection(const Region& a, const Region& b) {
  Region both = a;
  both.shapes &= b.shapes;
  for (const Bound& bound : b.bounds)
    restrict(both, bound.axis, *bound.set);
  return both;
}

std::vector<Axis> axes_of(const Region& region, const std::vector<const Region*>& others) {
  std::vector<Axis> axes;
  for (const Bound& bound : region.bounds)
    axes.push_back(bound.axis);
  for (const Region* other : others)
    for (const Bound& bound : other->bounds)
      if (std::find(axes.begin(), axes.end(), bound.axis) == axes.end())
        axes.push_back(bound.axis);
  std::sort(axes.begin(), axes.end());
  return axes;
}

std::vector<Cell> cells_of(const Region& region, const std::vector<Axis>& axes,
                           const EventSpace& space) {
  std::map<std::vector<unsigned>, ShapeMask> groups;
  std::vector<unsigned> ids(axes.size());
  for (std::size_t shape = 0; shape < all_shapes().size(); ++shape) {
    if ((region.shapes >> shape & 1) == 0)
      continue;
    for (std::size_t i = 0; i < axes.size(); ++i)
      ids[i] = space.values_id(axes[i], shape);
    groups[ids] |= ShapeMask{1} << shape;
  }
  std::vector<Cell> cells;
  for (const auto& [key, shapes] : groups) {
    auto const shape = static_cast<std::size_t>(__builtin_ctzll(shapes));
    Cell& cell = cells.emplace_back(Cell{.shapes = shapes});
    for (Axis const axis : axes) {
      const AxisSetPtr& possible = space.values(axis, shape);
      const AxisSet* bound = region.bound_on(axis);
      cell.bounds.push_back(
          {axis,
           bound ? std::make_shared<const AxisSet>(intersection(*possible, *bound)) : possible});
    }
  }
  // The shapes that make the best examples come first.
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    return __builtin_ctzll(a.shapes) < __builtin_ctzll(b.shapes);
  });
  return cells;
}

} // namespace nvmf::analyze
