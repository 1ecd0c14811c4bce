#include "base/time_span.hpp"

#include "base/lower_case.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>

namespace nvmf::base {

namespace {

struct SpanUnit {
  std::string_view name;
  double milliseconds;
};
constexpr std::array span_units{
    SpanUnit{"", 1e3},         SpanUnit{"ms", 1},         SpanUnit{"msec", 1},
    SpanUnit{"s", 1e3},        SpanUnit{"sec", 1e3},      SpanUnit{"secs", 1e3},
    SpanUnit{"second", 1e3},   SpanUnit{"seconds", 1e3},  SpanUnit{"m", 6e4},
    SpanUnit{"min", 6e4},      SpanUnit{"mins", 6e4},     SpanUnit{"minute", 6e4},
    SpanUnit{"minutes", 6e4},  SpanUnit{"h", 3.6e6},      SpanUnit{"hr", 3.6e6},
    SpanUnit{"hour", 3.6e6},   SpanUnit{"hours", 3.6e6},  SpanUnit{"d", 8.64e7},
    SpanUnit{"day", 8.64e7},   SpanUnit{"days", 8.64e7},  SpanUnit{"w", 6.048e8},
    SpanUnit{"week", 6.048e8}, SpanUnit{"weeks", 6.048e8}};
constexpr double longest_ms = 100 * 366 * 8.64e7;

// Takes what `belongs` holds for from the front.
template <class Belongs>
std::string_view take(std::string_view& text, Belongs belongs) {
  auto const end = std::find_if_not(text.begin(), text.end(), belongs);
  auto const length = static_cast<std::size_t>(end - text.begin());
  std::string_view const taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

bool is_blank(unsigned char c) { return c == ' ' || c == '\t'; }
bool is_digit(unsigned char c) { return std::isdigit(c) != 0; }

// `1.5`, without sign or exponent.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  std::string_view const whole = take(text, is_digit);
  for (char const digit : whole)
    number = number * 10 + (digit - '0');
  if (whole.empty() || !text.starts_with('.'))
    return whole.empty() ? std::nullopt : std::optional(number);
  text.remove_prefix(1);
  double weight = 1;
  for (char const digit : take(text, is_digit))
    number += (digit - '0') * (weight /= 10);
  return number;
}

} // namespace

std::optional<Duration> parse_time_span(std::string_view whole) {
  std::string const lower = lower_case(whole);
  std::string_view text = lower;
  take(text, is_blank);
  if (text == "infinity")
    return infinite_duration;
  double milliseconds = 0;
  do {
    auto const number = take_number(text);
    take(text, is_blank);
    std::string_view const name = take(text, [](unsigned char c) { return std::isalpha(c) != 0; });
    auto const unit = std::find_if(span_units.begin(), span_units.end(),
                                   [&](const SpanUnit& one) { return one.name == name; });
    if (!number || unit == span_units.end())
      return std::nullopt;
    milliseconds += *number * unit->milliseconds;
    take(text, is_blank);
  } while (!text.empty() && milliseconds <= longest_ms);
  if (milliseconds > longest_ms)
    return std::nullopt;
  return Duration(static_cast<std::int64_t>(milliseconds + 0.5));
}

} // namespace nvmf::base
