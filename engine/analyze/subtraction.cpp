// A region without others, by splitting: cheap where it matters (a region that one other contains,
// or that has a value no other one knows), exact always.
#include "analyze/solver.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nvmf::analyze {

class Solver::Subtraction {
public:
  Subtraction(Solver& solver, const std::vector<const Region*>& others)
      : solver_(solver), others_(others) {}

  Remainder run(const Region& region) {
    std::vector<Axis> const axes = axes_of(region, others_);
    std::vector<std::size_t> all(others_.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = i;
    for (Cell& cell : cells_of(region, axes, solver_.space_))
      if (!has_empty_set(cell) && !covered(std::move(cell), all))
        break;
    if (unknown_)
      return {};
    if (left_)
      return {.empty = Truth::no, .cell = std::move(*left_)};
    std::sort(covering_.begin(), covering_.end());
    covering_.erase(std::unique(covering_.begin(), covering_.end()), covering_.end());
    return {.empty = Truth::yes, .covering = std::move(covering_)};
  }

private:
  // One of the others, seen from a cell that it overlaps.
  struct Cut {
    std::size_t other = 0;
    bool shapes = false;    // the cell has shapes that the other one has not
    std::vector<Axis> axes; // on which the cell has values that the other one has not
    std::size_t size() const { return axes.size() + (shapes ? 1 : 0); }
  };

  // No: the set is empty. An answer that the budget kept back makes the whole unknown.
  bool surely_empty(Axis axis, const AxisSet& set) {
    Truth const empty = solver_.is_empty(axis, set);
    unknown_ = unknown_ || empty == Truth::unknown;
    return empty == Truth::yes;
  }

  bool has_empty_set(const Cell& cell) {
    return std::any_of(cell.bounds.begin(), cell.bounds.end(),
                       [&](const Bound& bound) { return surely_empty(bound.axis, *bound.set); });
  }

  bool disjoint(Axis axis, const AxisSet& a, const AxisSet& b) {
    if (const auto* left = std::get_if<NumberSet>(&a))
      return !left->overlaps(std::get<NumberSet>(b));
    if (const auto* left = std::get_if<AddressSet>(&a))
      return !left->overlaps(std::get<AddressSet>(b));
    return surely_empty(axis, intersection(a, b));
  }

  bool inside(Axis axis, const AxisSet& inner, const AxisSet& outer) {
    for (const AxisSet& part : difference_parts(inner, outer))
      if (!surely_empty(axis, part))
        return false;
    return true;
  }

  std::optional<Cut> cut_of(const Cell& cell, std::size_t index) {
    const Region& other = *others_[index];
    if ((cell.shapes & other.shapes) == 0)
      return std::nullopt;
    for (const Bound& bound : other.bounds)
      if (disjoint(bound.axis, *cell.on(bound.axis), *bound.set))
        return std::nullopt;
    Cut cut{.other = index, .shapes = (cell.shapes & ~other.shapes) != 0};
    for (const Bound& bound : other.bounds)
      if (!inside(bound.axis, *cell.on(bound.axis), *bound.set))
        cut.axes.push_back(bound.axis);
    return cut;
  }

  // True if the others cover the cell, or nobody knows; false once something is left.
  bool covered(Cell cell, const std::vector<std::size_t>& candidates) {
    if (!solver_.meter_.spend(10 + 4 * candidates.size())) {
      unknown_ = true;
      return true;
    }
    std::vector<Cut> cuts;
    for (std::size_t const candidate : candidates) {
      auto cut = cut_of(cell, candidate);
      if (!cut)
        continue;
      if (cut->size() == 0) {
        covering_.push_back(candidate);
        return true;
      }
      cuts.push_back(std::move(*cut));
    }
    if (unknown_)
      return true;
    if (cuts.empty() || escapes(cell, cuts)) {
      left_ = std::move(cell);
      return false;
    }
    return split(std::move(cell), cuts);
  }

  // Restricts the cell, axis by axis, to values that those of the others which fall short there do
  // not have; true if that leaves none of them. Most regions that are not covered show it at once.
  bool escapes(Cell& cell, const std::vector<Cut>& cuts) {
    Cell outside = cell;
    std::vector<const Cut*> left;
    for (const Cut& cut : cuts)
      left.push_back(&cut);
    escape_by_shape(outside, left);
    for (Bound& bound : outside.bounds) {
      auto const falls_short = [&](const Cut* cut) { return can_be_avoided(*cut, bound.axis); };
      std::vector<const Cut*> avoided;
      std::copy_if(left.begin(), left.end(), std::back_inserter(avoided), falls_short);
      if (avoided.empty())
        continue;
      AxisSet fresh = without_all(bound, avoided);
      if (surely_empty(bound.axis, fresh))
        continue;
      bound.set = std::make_shared<const AxisSet>(std::move(fresh));
      std::erase_if(left, falls_short);
    }
    if (!left.empty())
      return false;
    cell = std::move(outside);
    return true;
  }

  void escape_by_shape(Cell& cell, std::vector<const Cut*>& left) const {
    auto const falls_short = [](const Cut* cut) { return cut->shapes; };
    ShapeMask fresh = cell.shapes;
    for (const Cut* cut : left)
      if (falls_short(cut))
        fresh &= ~others_[cut->other]->shapes;
    if (fresh == 0)
      return;
    cell.shapes = fresh;
    std::erase_if(left, falls_short);
  }

  // It falls short on the axis, and what it has there is easily taken away: of texts, one union.
  bool can_be_avoided(const Cut& cut, Axis axis) const {
    if (std::find(cut.axes.begin(), cut.axes.end(), axis) == cut.axes.end())
      return false;
    const auto* texts = std::get_if<TextSet>(others_[cut.other]->bound_on(axis));
    return !texts || (texts->must.size() == 1 && texts->must_not.empty());
  }

  AxisSet without_all(const Bound& bound, const std::vector<const Cut*>& cuts) const {
    if (const auto* addresses = std::get_if<AddressSet>(bound.set.get()))
      return *addresses - all_addresses(bound.axis, cuts);
    if (const auto* texts = std::get_if<TextSet>(bound.set.get()))
      return without_all_texts(*texts, bound.axis, cuts);
    NumberSet rest = std::get<NumberSet>(*bound.set);
    for (const Cut* cut : cuts)
      rest = rest - std::get<NumberSet>(*others_[cut->other]->bound_on(bound.axis));
    return rest;
  }

  AxisSet without_all_texts(const TextSet& texts, Axis axis,
                            const std::vector<const Cut*>& cuts) const {
    if (texts.unset)
      return TextSet{.unset = true}; // a union holds no event without a text
    TextSet rest = texts;
    for (const Cut* cut : cuts)
      rest.must_not.push_back(std::get<TextSet>(*others_[cut->other]->bound_on(axis)).must.front());
    std::sort(rest.must_not.begin(), rest.must_not.end());
    rest.must_not.erase(std::unique(rest.must_not.begin(), rest.must_not.end()),
                        rest.must_not.end());
    return rest;
  }

  AddressSet all_addresses(Axis axis, const std::vector<const Cut*>& cuts) const {
    AddressSet all;
    std::vector<Interval<IpPoint>> intervals;
    for (const Cut* cut : cuts) {
      const auto& other = std::get<AddressSet>(*others_[cut->other]->bound_on(axis));
      intervals.insert(intervals.end(), other.ip.intervals().begin(), other.ip.intervals().end());
      all.fc.add(other.fc);
      all.texts =
          LiteralSet{.all_but = true} - ((LiteralSet{.all_but = true} - all.texts) - other.texts);
      all.unset = all.unset || other.unset;
    }
    all.ip = IpSet(std::move(intervals));
    return all;
  }

  // Splits the cell along the one that contains most of it.
  bool split(Cell cell, const std::vector<Cut>& cuts) {
    // Of those, one that differs by shape or by an axis that comes early: texts are the last.
    auto const best = std::min_element(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) {
      auto const last = [](const Cut& cut) {
        return cut.axes.empty() ? -1 : static_cast<int>(cut.axes.back());
      };
      return std::pair(a.size(), last(a)) < std::pair(b.size(), last(b));
    });
    std::vector<std::size_t> rest;
    for (const Cut& cut : cuts)
      if (cut.other != best->other)
        rest.push_back(cut.other);
    const Region& other = *others_[best->other];
    if (best->shapes) {
      Cell part = cell;
      part.shapes &= ~other.shapes;
      if (!covered(std::move(part), rest))
        return false;
      cell.shapes &= other.shapes;
    }
    for (Axis const axis : best->axes)
      if (!split_axis(cell, axis, *other.bound_on(axis), rest))
        return false;
    covering_.push_back(best->other);
    return true;
  }

  bool split_axis(Cell& cell, Axis axis, const AxisSet& other,
                  const std::vector<std::size_t>& rest) {
    auto const bound = std::find_if(cell.bounds.begin(), cell.bounds.end(),
                                    [&](const Bound& b) { return b.axis == axis; });
    for (AxisSet& outside : difference_parts(*bound->set, other)) {
      if (surely_empty(axis, outside))
        continue;
      AxisSetPtr const whole = bound->set;
      bound->set = std::make_shared<const AxisSet>(std::move(outside));
      if (!covered(cell, rest))
        return false;
      bound->set = whole;
    }
    bound->set = std::make_shared<const AxisSet>(intersection(*bound->set, other));
    return true;
  }

  Solver& solver_;
  const std::vector<const Region*>& others_;
  std::vector<std::size_t> covering_;
  std::optional<Cell> left_;
  bool unknown_ = false;
};

Remainder Solver::subtract(const Region& region, const std::vector<const Region*>& others) {
  return Subtraction(*this, others).run(region);
}

} // namespace nvmf::analyze
