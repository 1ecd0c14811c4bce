#include "yaml/scalar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

namespace nvmf::yaml {

namespace {

// YAML 1.1 booleans and nulls in every spelling, except those that are fine.
constexpr std::array<std::string_view, 12> ambiguous_words{
    "yes", "no", "on", "off", "y", "n", "true", "false", "null", "~", ".inf", ".nan"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_ambiguous_word(std::string_view text) {
  if (text.size() > 5)
    return false;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(ambiguous_words.begin(), ambiguous_words.end(), lower) != ambiguous_words.end();
}

// Without a sign; no leading zeros.
bool is_plain_integer(std::string_view digits) {
  return all_digits(digits) && (digits.size() == 1 || digits.front() != '0');
}

bool is_plain_decimal(std::string_view text) {
  auto const point = text.find('.');
  return point != std::string_view::npos && is_plain_integer(text.substr(0, point)) &&
         all_digits(text.substr(point + 1));
}

// `12:30`, `1:2:3:4`: base 60 in YAML 1.1.
bool is_sexagesimal(std::string_view text) {
  bool const right_characters = std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || c == ':' || c == '.' || c == '_';
  });
  return right_characters && is_digit(text.front()) && text.find("::") == std::string_view::npos &&
         text.find(':') != std::string_view::npos && text.back() != ':';
}

// Some parser reads it as a number: hexadecimal, octal, binary, exponent, `_`, `+`, `.5`, `5.`.
bool is_odd_number(std::string_view text) {
  if (text.front() == '+' || text.front() == '-')
    text.remove_prefix(1);
  if (text.empty() || !(is_digit(text.front()) || (text.front() == '.' && text.size() > 1)))
    return false;
  bool const hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  bool const binary = text.starts_with("0b") || text.starts_with("0o");
  std::string_view const digits = hexadecimal || binary ? text.substr(2) : text;
  auto const belongs = [&](char c) {
    return is_digit(c) || c == '_' || (!hexadecimal && (c == '.' || c == 'e' || c == 'E')) ||
           (hexadecimal && std::isxdigit(static_cast<unsigned char>(c)));
  };
  bool const exponent_signs = text.find_first_of("+-") == std::string_view::npos ||
                              text.find_first_of("eE") != std::string_view::npos;
  std::size_t const points = static_cast<std::size_t>(std::count(text.begin(), text.end(), '.'));
  return exponent_signs && points <= 1 && std::all_of(digits.begin(), digits.end(), [&](char c) {
           return belongs(c) || c == '+' || c == '-';
         });
}

} // namespace

ScalarType scalar_type(const Node& scalar) {
  if (scalar.quoted)
    return ScalarType::text;
  std::string_view const text = scalar.text;
  if (text.empty())
    return ScalarType::absent;
  if (text == "null")
    return ScalarType::null;
  if (text == "true" || text == "false")
    return ScalarType::boolean;
  std::string_view const unsigned_text = text.front() == '-' ? text.substr(1) : text;
  if (is_plain_integer(unsigned_text))
    return ScalarType::integer;
  if (is_plain_decimal(unsigned_text))
    return ScalarType::decimal;
  bool const ambiguous = is_ambiguous_word(text) || is_sexagesimal(text) || is_odd_number(text);
  return ambiguous ? ScalarType::ambiguous : ScalarType::text;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

} // namespace nvmf::yaml
