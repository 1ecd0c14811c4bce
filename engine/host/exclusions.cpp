#include "host/exclusions.hpp"

#include "base/ini.hpp"

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

// Adds `key=value`; false if it has no value or says a key twice with different values.
bool add_pair(decide::Exclusion& exclusion, const base::IniLine& pair) {
  bool const known = std::find(known_keys.begin(), known_keys.end(), pair.key) != known_keys.end();
  auto const [place, is_new] = exclusion.keys.emplace(pair.key, pair.value);
  return known && !pair.value.empty() && (is_new || place->second == pair.value);
}

} // namespace

decide::Exclusion parse_exclusion(std::string_view text) {
  decide::Exclusion exclusion{.text = std::string(base::trimmed(text))};
  for (const base::IniLine& pair : base::parse_pairs(text, 0, base::IniReading::as_written))
    exclusion.usable = add_pair(exclusion, pair) && exclusion.usable;
  exclusion.usable = exclusion.usable && !exclusion.keys.empty();
  return exclusion;
}

std::vector<decide::Exclusion> parse_exclusions(std::string_view text) {
  std::vector<decide::Exclusion> exclusions;
  for (const base::IniSection& section : base::parse_ini(text, base::IniReading::as_written))
    for (const base::IniLine& line : section.lines)
      if (section.name == "exclusions" && line.key == "exclusion")
        exclusions.push_back(parse_exclusion(line.value));
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
