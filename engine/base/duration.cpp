#include "base/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>

namespace nvmf::base {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array units{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                           Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr std::int64_t longest_ms = 100LL * 366 * 86'400'000;

} // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "infinity")
    return infinite_duration;
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::size_t const digits = static_cast<std::size_t>(end - text.data());
  bool const padded = digits > 1 && text.front() == '0';
  if (error != std::errc() || digits == 0 || number < 0 || text.front() == '-' || padded)
    return std::nullopt;
  for (const Unit& unit : units)
    if (text.substr(digits) == unit.name)
      return number <= longest_ms / unit.milliseconds
                 ? std::optional(Duration(number * unit.milliseconds))
                 : std::nullopt;
  return std::nullopt;
}

std::string format_duration(Duration duration) {
  if (duration == infinite_duration)
    return "infinity";
  std::int64_t const count = duration.count();
  if (count == 0)
    return "0s";
  for (const Unit& unit : units)
    if (count % unit.milliseconds == 0)
      return fmt::format("{}{}", count / unit.milliseconds, unit.name);
  return fmt::format("{}ms", count);
}

} // namespace nvmf::base
