#include "analyze/glob_language.hpp"

#include "base/interface_name.hpp"
#include "base/nqn.hpp"
#include "policy/policy.hpp"

#include <array>
#include <string>

namespace nvmf::analyze {

namespace {

constexpr std::string_view letters_and_digits = "abcdefghijklmnopqrstuvwxyz0123456789";

// All bytes from `first` to `last` but those of `without`, letters and digits first.
std::string alphabet(unsigned char first, unsigned char last, std::string_view without) {
  std::string result(letters_and_digits);
  for (unsigned c = first; c <= last; ++c) {
    char const symbol = static_cast<char>(c);
    if (letters_and_digits.find(symbol) == std::string_view::npos &&
        without.find(symbol) == std::string_view::npos)
      result += symbol;
  }
  return result;
}

// The characters of an option string (base/wire_text.hpp).
const std::string& option_text() {
  static const std::string text = alphabet('!', '~', ",");
  return text;
}

const GlobUnion& not_empty() {
  static const GlobUnion form({"?*"});
  return form;
}

constexpr std::array<std::string_view, 3> nqn_favourites{
    "nqn.2024-01.com.example:vol1", "nqn.2024-02.org.example:other", "nqn.2024-03.net.example:1"};
constexpr std::array<std::string_view, 3> interface_favourites{"eth0", "ens1f0", "eth9"};
constexpr std::array<std::string_view, 3> hostname_favourites{"host", "host-1", "another-host"};
constexpr std::array<std::string_view, 2> property_favourites{"1", "value"};

constexpr std::array<std::string_view, 2> identity_favourites{"default", "tenant-a"};
constexpr std::string_view ownerless = "-";
constexpr std::string_view owned = "=";
constexpr std::array<std::string_view, 3> owner_favourites{"=stas", "-", "=nvmf-policy"};
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_hostname = 64; // __NEW_UTS_LEN
constexpr std::size_t longest_property = 1024;

} // namespace

const TextKind& nqn_texts() {
  static const GlobUnion usual({"nqn.*"});
  static const TextKind kind{not_empty(), option_text(), base::nqn_max_length, nqn_favourites,
                             &usual};
  return kind;
}

const TextKind& interface_texts() {
  static const std::string symbols =
      alphabet('!', '~', std::string(",").append(base::not_in_interface_names));
  static const TextKind kind{not_empty(), symbols, base::interface_name_max_length,
                             interface_favourites};
  return kind;
}

const TextKind& identity_texts() {
  static const TextKind kind{not_empty(), option_text(), longest_name, identity_favourites};
  return kind;
}

const TextKind& owner_texts() {
  static const GlobUnion form({std::string(ownerless), std::string(owned) + "?*"});
  static const std::string symbols = alphabet('!', '~', "");
  static const TextKind kind{form, symbols, longest_name, owner_favourites};
  return kind;
}

std::string owner_text(std::string_view owner) {
  return owner.empty() ? std::string(ownerless) : std::string(owned).append(owner);
}

std::string owner_pattern(std::string_view pattern) {
  return pattern == policy::no_owner ? std::string(ownerless) : std::string(owned).append(pattern);
}

std::string owner_of_text(std::string_view text) {
  return text.starts_with(owned) ? std::string(text.substr(owned.size())) : std::string();
}

const TextKind& hostname_texts() {
  static const std::string symbols = alphabet('!', 0xff, "ABCDEFGHIJKLMNOPQRSTUVWXYZ\x7f");
  static const TextKind kind{not_empty(), symbols, longest_hostname, hostname_favourites};
  return kind;
}

const TextKind& property_texts() {
  static const std::string symbols = alphabet('\x01', 0xff, "\n");
  static const TextKind kind{not_empty(), symbols, longest_property, property_favourites};
  return kind;
}

} // namespace nvmf::analyze
