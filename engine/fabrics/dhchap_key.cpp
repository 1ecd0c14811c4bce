#include "fabrics/dhchap_key.hpp"

#include <algorithm>
#include <array>

namespace nvmf::fabrics {

namespace {

constexpr std::string_view prefix = "DHHC-1:";
// Base64 of 36, 52 and 68 bytes.
constexpr std::array<std::size_t, 3> body_lengths{48, 72, 92};

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

} // namespace

bool is_dhchap_key(std::string_view text) {
  if (!text.starts_with(prefix) || !text.ends_with(':'))
    return false;
  text.remove_prefix(prefix.size());
  // The hash by which the key was transformed: 00 none, 01 to 03 SHA-256, SHA-384, SHA-512.
  if (text.size() < 4 || text[0] != '0' || text[1] < '0' || text[1] > '3' || text[2] != ':')
    return false;
  std::string_view body = text.substr(3, text.size() - 4);
  if (std::find(body_lengths.begin(), body_lengths.end(), body.size()) == body_lengths.end())
    return false;
  while (body.ends_with('='))
    body.remove_suffix(1);
  return std::all_of(body.begin(), body.end(), is_base64);
}

} // namespace nvmf::fabrics
