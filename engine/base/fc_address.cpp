#include "base/fc_address.hpp"

#include <cctype>
#include <fmt/format.h>

namespace nvmf::base {

namespace {

constexpr unsigned name_digits = 16;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  char const lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool consume_prefix(std::string_view& text, std::string_view lower_prefix) {
  if (text.size() < lower_prefix.size())
    return false;
  for (std::size_t i = 0; i < lower_prefix.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(text[i])) != lower_prefix[i])
      return false;
  text.remove_prefix(lower_prefix.size());
  return true;
}

std::optional<FcNamePattern> parse_name(std::string_view text, std::string_view kind) {
  if (!consume_prefix(text, kind))
    return std::nullopt;
  consume_prefix(text, "0x");
  FcNamePattern result{.value = 0, .digits = 0};
  while (!text.empty() && result.digits < name_digits && hex_value(text.front()) >= 0) {
    result.value |= static_cast<std::uint64_t>(hex_value(text.front()))
                    << (4 * (name_digits - 1 - result.digits));
    ++result.digits;
    text.remove_prefix(1);
  }
  bool const open = text == "*" && result.digits < name_digits;
  bool const whole = text.empty() && result.digits == name_digits;
  return open || whole ? std::optional(result) : std::nullopt;
}

std::string name_to_string(const FcNamePattern& name) {
  std::string const hex = fmt::format("{:016x}", name.value);
  if (name.digits == 0)
    return "*";
  return "0x" + hex.substr(0, name.digits) + (name.digits < name_digits ? "*" : "");
}

} // namespace

bool FcNamePattern::matches(std::uint64_t name) const {
  if (digits == 0)
    return true;
  return ((name ^ value) >> (4 * (name_digits - digits))) == 0;
}

std::optional<FcPattern> FcPattern::parse(std::string_view text) {
  auto const separator = text.find_first_of(":,");
  if (separator == std::string_view::npos)
    return std::nullopt;
  auto const node = parse_name(text.substr(0, separator), "nn-");
  auto const port = parse_name(text.substr(separator + 1), "pn-");
  if (!node || !port)
    return std::nullopt;
  return FcPattern{*node, *port};
}

bool FcPattern::matches(const FcAddress& address) const {
  return node.matches(address.node) && port.matches(address.port);
}

std::string FcPattern::to_string() const {
  return fmt::format("nn-{}:pn-{}", name_to_string(node), name_to_string(port));
}

std::optional<FcAddress> FcAddress::parse(std::string_view text) {
  auto const pattern = FcPattern::parse(text);
  if (!pattern || pattern->node.digits != name_digits || pattern->port.digits != name_digits)
    return std::nullopt;
  return FcAddress{pattern->node.value, pattern->port.value};
}

std::string FcAddress::to_string() const {
  return fmt::format("nn-0x{:016x}:pn-0x{:016x}", node, port);
}

} // namespace nvmf::base
