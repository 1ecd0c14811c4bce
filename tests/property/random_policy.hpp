// Random policies and events over small alphabets, so that they meet often.
#pragma once

#include "property/texts.hpp"

#include <cstdint>
#include <random>

namespace nvmf::property {

class Random {
public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // From 0 to below `count`.
  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
  }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class Range>
  const auto& any_of(const Range& range) {
    return range[below(range.size())];
  }

private:
  std::mt19937_64 engine_;
};

// Which keys policies use: those that the analysis knows everything about, or all.
enum class Keys : std::uint8_t { exact, all };

TextPolicy random_policy(Random& random, Keys keys);
// The same with a few changes: rules moved, removed, added, narrowed, set otherwise.
TextPolicy changed(TextPolicy policy, Random& random, Keys keys);
// One, both or none of a discovery controller `dc-a` and a subsystem `dc-b`.
std::vector<TextTarget> random_targets(Random& random);
// Anything that the event space holds.
TextEvent random_event(Random& random);

} // namespace nvmf::property
