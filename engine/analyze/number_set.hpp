// Sets of small numbers: service ids, port ids, members of an enumeration.
#pragma once

#include "analyze/interval_set.hpp"

#include <cstdint>

namespace nvmf::analyze {

struct Number {
  std::uint32_t value = 0;
  auto operator<=>(const Number&) const = default;
};
inline Number after(Number number) { return {number.value + 1}; }
inline Number before(Number number) { return {number.value - 1}; }

using NumberSet = IntervalSet<Number>;

// Stands for "the event has no such value": above all 16-bit numbers.
inline constexpr Number unset_number{0x10000};

inline NumberSet numbers(std::uint32_t first, std::uint32_t last) {
  return NumberSet::of({first}, {last});
}

} // namespace nvmf::analyze
