// Sets of Fibre Channel addresses: a node name and a port name, each fixed, open behind a prefix,
// or free. A pattern is a rectangle of two intervals of 64-bit names.
#pragma once

#include "analyze/interval_set.hpp"
#include "base/fc_address.hpp"

#include <cstdint>
#include <vector>

namespace nvmf::analyze {

struct FcRectangle {
  Interval<std::uint64_t> node;
  Interval<std::uint64_t> port;
  bool operator==(const FcRectangle&) const = default;
};

// Disjoint rectangles.
class FcSet {
public:
  FcSet() = default;
  static FcSet all();
  static FcSet of(const base::FcPattern& pattern);

  void add(const FcSet& other);
  bool empty() const { return rectangles_.empty(); }
  const std::vector<FcRectangle>& rectangles() const { return rectangles_; }
  bool overlaps(const FcSet& other) const;
  FcSet operator&(const FcSet& other) const;
  FcSet operator-(const FcSet& other) const;

private:
  std::vector<FcRectangle> rectangles_;
};

} // namespace nvmf::analyze
