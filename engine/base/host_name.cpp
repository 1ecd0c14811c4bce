#include "base/host_name.hpp"

#include <algorithm>
#include <cctype>

namespace nvmf::base {

namespace {

constexpr std::size_t longest_name = 253; // RFC 1035, less the length bytes
constexpr std::size_t longest_label = 63;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_of_label(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; }

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= longest_label && text.front() != '-' &&
         text.back() != '-' && std::all_of(text.begin(), text.end(), is_of_label);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

} // namespace

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > longest_name || !is_ascii(text))
    return false;
  while (true) {
    auto const dot = text.find('.');
    std::string_view const label = text.substr(0, dot);
    if (!is_label(label))
      return false;
    if (dot == std::string_view::npos)
      return is_letter(label.front());
    text.remove_prefix(dot + 1);
  }
}

std::string host_name_help(std::string_view text) {
  if (text.ends_with('.') && is_host_name(text.substr(0, text.size() - 1)))
    return "write the name without the dot at its end";
  auto const last = text.substr(text.rfind('.') + 1);
  bool const like_name = std::any_of(text.begin(), text.end(), is_letter) &&
                         text.find_first_of(":/%@") == std::string_view::npos;
  if (like_name && !last.empty() && !is_letter(last.front()))
    return "the last label of a host name begins with a letter";
  if (like_name)
    return "the labels of a host name are letters, digits and inner hyphens";
  return {};
}

} // namespace nvmf::base
