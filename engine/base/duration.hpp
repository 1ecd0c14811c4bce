// Durations as people write them: a whole number and a unit.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::base {

// Milliseconds; `infinite_duration` is `infinity`.
using Duration = std::chrono::milliseconds;
inline constexpr Duration infinite_duration = Duration::max();

// `500ms`, `10s`, `2m`, `1h`, `3d`, or `infinity`. None for anything else (no unit, a sign, a
// fraction, a leading zero, more than 100 years).
std::optional<Duration> parse_duration(std::string_view text);

// The shortest exact spelling in the same units.
std::string format_duration(Duration duration);

} // namespace nvmf::base
