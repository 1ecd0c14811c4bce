#include "analyze/fc_set.hpp"

#include <algorithm>
#include <limits>

namespace nvmf::analyze {

namespace {

constexpr std::uint64_t last_name = std::numeric_limits<std::uint64_t>::max();

Interval<std::uint64_t> names_of(const base::FcNamePattern& pattern) {
  if (pattern.digits == 0)
    return {0, last_name};
  std::uint64_t const open = pattern.digits >= 16 ? 0 : last_name >> (4 * pattern.digits);
  return {pattern.value, pattern.value | open};
}

bool meet(const Interval<std::uint64_t>& a, const Interval<std::uint64_t>& b) {
  return a.first <= b.last && b.first <= a.last;
}

bool meet(const FcRectangle& a, const FcRectangle& b) {
  return meet(a.node, b.node) && meet(a.port, b.port);
}

Interval<std::uint64_t> common(const Interval<std::uint64_t>& a, const Interval<std::uint64_t>& b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

// The part of `whole` outside `hole`, which it meets: up to four rectangles, disjoint.
void add_rest(const FcRectangle& whole, const FcRectangle& hole, std::vector<FcRectangle>& rest) {
  FcRectangle middle = whole;
  if (whole.node.first < hole.node.first)
    rest.push_back({{whole.node.first, hole.node.first - 1}, whole.port});
  if (hole.node.last < whole.node.last)
    rest.push_back({{hole.node.last + 1, whole.node.last}, whole.port});
  middle.node = common(whole.node, hole.node);
  if (whole.port.first < hole.port.first)
    rest.push_back({middle.node, {whole.port.first, hole.port.first - 1}});
  if (hole.port.last < whole.port.last)
    rest.push_back({middle.node, {hole.port.last + 1, whole.port.last}});
}

} // namespace

FcSet FcSet::all() {
  FcSet set;
  set.rectangles_.push_back({{0, last_name}, {0, last_name}});
  return set;
}

FcSet FcSet::of(const base::FcPattern& pattern) {
  FcSet set;
  set.rectangles_.push_back({names_of(pattern.node), names_of(pattern.port)});
  return set;
}

void FcSet::add(const FcSet& other) {
  FcSet const rest = other - *this;
  rectangles_.insert(rectangles_.end(), rest.rectangles_.begin(), rest.rectangles_.end());
}

bool FcSet::overlaps(const FcSet& other) const {
  return std::any_of(rectangles_.begin(), rectangles_.end(), [&](const FcRectangle& mine) {
    return std::any_of(other.rectangles_.begin(), other.rectangles_.end(),
                       [&](const FcRectangle& theirs) { return meet(mine, theirs); });
  });
}

FcSet FcSet::operator&(const FcSet& other) const {
  FcSet both;
  for (const FcRectangle& mine : rectangles_)
    for (const FcRectangle& theirs : other.rectangles_)
      if (meet(mine, theirs))
        both.rectangles_.push_back(
            {common(mine.node, theirs.node), common(mine.port, theirs.port)});
  return both;
}

FcSet FcSet::operator-(const FcSet& other) const {
  FcSet rest = *this;
  for (const FcRectangle& hole : other.rectangles_) {
    std::vector<FcRectangle> pieces;
    for (const FcRectangle& whole : rest.rectangles_) {
      if (meet(whole, hole))
        add_rest(whole, hole, pieces);
      else
        pieces.push_back(whole);
    }
    rest.rectangles_ = std::move(pieces);
  }
  return rest;
}

} // namespace nvmf::analyze
