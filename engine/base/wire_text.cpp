#include "base/wire_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::base {

bool is_option_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > ' ' && c < 0x7f && c != ','; });
}

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (unsigned char const c : text) {
    if (c >= ' ' && c < 0x7f && c != '\\')
      result += static_cast<char>(c);
    else
      result += fmt::format("\\x{:02x}", c);
  }
  return result;
}

std::string_view without_padding(std::string_view text) {
  constexpr std::string_view padding(" \0", 2);
  auto const last = text.find_last_not_of(padding);
  text = last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
  auto const first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

} // namespace nvmf::base
