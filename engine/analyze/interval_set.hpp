// Sets of ordered values as sorted, disjoint, closed intervals.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace nvmf::analyze {

template <class Value>
struct Interval {
  Value first;
  Value last; // included
  bool operator==(const Interval&) const = default;
};

// `Value` is ordered, and `after(v)`, `before(v)` (found by argument-dependent lookup) give its
// neighbours. They are asked only for neighbours that lie in an interval of the set.
template <class Value>
class IntervalSet {
public:
  IntervalSet() = default;
  // In any order, overlapping or not; each first <= last.
  explicit IntervalSet(std::vector<Interval<Value>> intervals) {
    std::sort(intervals.begin(), intervals.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& next : intervals) {
      if (intervals_.empty() || intervals_.back().last < next.first)
        intervals_.push_back(next);
      else
        intervals_.back().last = std::max(intervals_.back().last, next.last);
    }
  }

  static IntervalSet of(Value first, Value last) {
    IntervalSet set;
    set.intervals_.push_back({first, last});
    return set;
  }

  bool empty() const { return intervals_.empty(); }
  const std::vector<Interval<Value>>& intervals() const { return intervals_; }

  bool contains(const Value& value) const {
    auto const after_it =
        std::upper_bound(intervals_.begin(), intervals_.end(), value,
                         [](const Value& v, const auto& interval) { return v < interval.first; });
    return after_it != intervals_.begin() && !(std::prev(after_it)->last < value);
  }

  bool overlaps(const IntervalSet& other) const {
    auto mine = intervals_.begin();
    auto theirs = other.intervals_.begin();
    while (mine != intervals_.end() && theirs != other.intervals_.end()) {
      if (mine->last < theirs->first)
        ++mine;
      else if (theirs->last < mine->first)
        ++theirs;
      else
        return true;
    }
    return false;
  }

  IntervalSet operator&(const IntervalSet& other) const {
    IntervalSet both;
    auto mine = intervals_.begin();
    auto theirs = other.intervals_.begin();
    while (mine != intervals_.end() && theirs != other.intervals_.end()) {
      Value const first = std::max(mine->first, theirs->first);
      Value const last = std::min(mine->last, theirs->last);
      if (!(last < first))
        both.intervals_.push_back({first, last});
      if (mine->last < theirs->last)
        ++mine;
      else
        ++theirs;
    }
    return both;
  }

  IntervalSet operator-(const IntervalSet& other) const {
    IntervalSet rest;
    auto theirs = other.intervals_.begin();
    for (Interval<Value> piece : intervals_) {
      while (theirs != other.intervals_.end() && theirs->last < piece.first)
        ++theirs;
      bool left = true;
      for (auto cut = theirs; left && cut != other.intervals_.end() && !(piece.last < cut->first);
           ++cut) {
        if (piece.first < cut->first)
          rest.intervals_.push_back({piece.first, before(cut->first)});
        left = cut->last < piece.last;
        if (left)
          piece.first = after(cut->last);
      }
      if (left)
        rest.intervals_.push_back(piece);
    }
    return rest;
  }

  bool operator==(const IntervalSet&) const = default;

private:
  std::vector<Interval<Value>> intervals_;
};

} // namespace nvmf::analyze
