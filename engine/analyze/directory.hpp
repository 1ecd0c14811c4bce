// The regions that can overlap a given one at all.
//
// Most rules of a large policy name a subsystem and a network, and overlap nearly no other. Each
// region gets a short summary (shapes, the spans of its subsystem NQNs' beginnings and ends, the
// span of its addresses, all as ranks in the order of all that occur), so that a few comparisons of
// integers separate a pair, before any set is looked at.
#pragma once

#include "analyze/region.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nvmf::analyze {

class Directory {
public:
  explicit Directory(const std::vector<const Region*>& regions);

  // Indices below `end` of the regions that may overlap region `index`, ascending; never itself.
  std::vector<std::size_t> candidates(std::size_t index, std::size_t end) const;
  std::vector<std::size_t> candidates(std::size_t index) const {
    return candidates(index, summaries_.size());
  }
  std::size_t size() const { return summaries_.size(); }

private:
  struct Span {
    std::uint32_t first = 0;
    std::uint32_t last = 0xffffffffU;
    bool meets(const Span& other) const { return first <= other.last && other.first <= last; }
  };
  struct Summary {
    ShapeMask shapes = 0;
    Span beginnings; // of subsystem NQNs
    Span ends;
    Span addresses;
  };
  std::vector<Summary> summaries_;
};

} // namespace nvmf::analyze
