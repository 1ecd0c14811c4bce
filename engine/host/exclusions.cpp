#include "host/exclusions.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

constexpr const char* exclusions_path = "/etc/nvme/exclusions.conf";
constexpr const char* exclusions_directory = "/etc/nvme/exclusions.conf.d";
constexpr std::size_t exclusions_limit = 1U << 20U;

constexpr std::array<std::string_view, 8> known_keys{
    "transport", "traddr", "trsvcid", "nqn", "host-traddr", "host-iface", "hostnqn", "hostid"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  auto const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The text up to `separator`, which is taken from `rest` together with it.
std::string_view next_part(std::string_view& rest, char separator) {
  auto const end = rest.find(separator);
  std::string_view const part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

// Adds `key=value`; false if it is no such thing or says a key twice with different values.
bool add_pair(decide::Exclusion& exclusion, std::string_view pair) {
  auto const equals = pair.find('=');
  if (equals == std::string_view::npos)
    return false;
  std::string const key(trimmed(pair.substr(0, equals)));
  std::string const value(trimmed(pair.substr(equals + 1)));
  bool const known = std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end();
  auto const [place, is_new] = exclusion.keys.emplace(key, value);
  return known && !value.empty() && (is_new || place->second == value);
}

} // namespace

decide::Exclusion parse_exclusion(std::string_view text) {
  decide::Exclusion exclusion{.text = std::string(trimmed(text))};
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view const pair = trimmed(next_part(rest, ';'));
    if (!pair.empty() && !add_pair(exclusion, pair))
      exclusion.usable = false;
  }
  exclusion.usable = exclusion.usable && !exclusion.keys.empty();
  return exclusion;
}

std::vector<decide::Exclusion> parse_exclusions(std::string_view text) {
  std::vector<decide::Exclusion> exclusions;
  bool in_section = false;
  while (!text.empty()) {
    std::string_view const line = trimmed(next_part(text, '\n'));
    if (line.empty() || line.front() == '#' || line.front() == ';')
      continue;
    if (line.front() == '[') {
      in_section = line == "[exclusions]";
      continue;
    }
    auto const equals = line.find('=');
    if (in_section && equals != std::string_view::npos &&
        trimmed(line.substr(0, equals)) == "exclusion")
      exclusions.push_back(parse_exclusion(line.substr(equals + 1)));
  }
  return exclusions;
}

std::vector<decide::Exclusion> read_exclusions(const base::FileSystem& files) {
  std::vector<std::string> paths{exclusions_path};
  auto const names = files.list(exclusions_directory);
  if (names)
    for (const std::string& name : *names)
      if (name.ends_with(".conf") && name.front() != '.')
        paths.push_back(fmt::format("{}/{}", exclusions_directory, name));
  std::vector<decide::Exclusion> all;
  for (const std::string& path : paths)
    if (auto const text = files.read(path, exclusions_limit))
      for (decide::Exclusion& exclusion : parse_exclusions(*text))
        all.push_back(std::move(exclusion));
  return all;
}

} // namespace nvmf::host
