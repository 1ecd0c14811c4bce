#include "base/nqn.hpp"

#include "base/host_uuid.hpp"
#include "base/wire_text.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace nvmf::base {

std::optional<std::string> nqn_problem(std::string_view text) {
  if (text.empty())
    return "is empty";
  if (text.size() > nqn_max_length)
    return fmt::format("is longer than {} bytes", nqn_max_length);
  if (!is_option_text(text))
    return "contains a comma, blank, control or non-ASCII character";
  return std::nullopt;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36)
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool const dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i])))
      return false;
  }
  return true;
}

std::optional<std::string> uuid_of_nqn(std::string_view nqn) {
  if (!nqn.starts_with(uuid_nqn_prefix) || !is_uuid(nqn.substr(uuid_nqn_prefix.size())))
    return std::nullopt;
  return canonical_uuid(std::string(nqn.substr(uuid_nqn_prefix.size())));
}

std::string canonical_uuid(std::string text) {
  if (is_uuid(text))
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_placeholder_uuid(std::string_view text) {
  auto const all = [&](char digit) {
    return std::all_of(text.begin(), text.end(),
                       [digit](unsigned char c) { return c == '-' || std::tolower(c) == digit; });
  };
  return is_uuid(text) && (all('0') || all('f'));
}

} // namespace nvmf::base
