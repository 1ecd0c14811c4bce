#include "diag/catalogue.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::diag {

const CatalogueEntry* find_entry(std::uint16_t code) {
  auto const entries = catalogue();
  auto const at = std::lower_bound(
      entries.begin(), entries.end(), code,
      [](const CatalogueEntry& entry, std::uint16_t wanted) { return entry.code < wanted; });
  return at != entries.end() && at->code == code ? &*at : nullptr;
}

bool is_about_reachability(std::uint16_t code) {
  constexpr std::uint16_t impossible_match = 403;
  constexpr std::uint16_t guard_on_free_host_side = 608;
  return (code / 100 == 4 && code != impossible_match) || code == guard_on_free_host_side;
}

std::string code_name(std::uint16_t code) { return fmt::format("NVP{:03}", code); }

std::optional<std::uint16_t> parse_code(std::string_view text) {
  for (const CatalogueEntry& entry : catalogue())
    if (entry.slug == text)
      return entry.code;
  std::string_view digits = text;
  if (digits.size() == 6 && std::toupper(static_cast<unsigned char>(digits[0])) == 'N' &&
      std::toupper(static_cast<unsigned char>(digits[1])) == 'V' &&
      std::toupper(static_cast<unsigned char>(digits[2])) == 'P')
    digits.remove_prefix(3);
  std::uint16_t code = 0;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
  bool const is_code = digits.size() == 3 && error == std::errc() && end == digits.end();
  return is_code && find_entry(code) != nullptr ? std::optional(code) : std::nullopt;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
  case Severity::error:
    return "error";
  case Severity::warning:
    return "warning";
  case Severity::info:
  case Severity::on_request:
    return "info";
  }
  return {};
}

} // namespace nvmf::diag
