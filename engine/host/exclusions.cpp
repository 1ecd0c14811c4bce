#include "host/exclusions.hpp"

#include "base/ini.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
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

// Nothing has that name; a link that leads nowhere has it.
bool is_absent(const base::FileSystem& files, const std::string& path, const base::Error& error) {
  return error.code == ENOENT && !files.status_of_link(path);
}

// Empty where there is no such file, or a link to /dev/null in its place.
base::Result<std::string> read_text(const base::FileSystem& files, const std::string& path) {
  if (auto const link = files.link_text(path); link && *link == "/dev/null")
    return std::string();
  auto const status = files.status(path);
  if (status && status->type != base::FileType::regular)
    return base::failure(path + ": not a regular file", EINVAL);
  auto text = files.read(path, exclusions_limit);
  if (!text && is_absent(files, path, text.error()))
    return std::string();
  if (text && (text->starts_with("\xef\xbb\xbf") || text->find('\0') != std::string::npos))
    return base::failure(path + ": not plain text", EINVAL);
  return text;
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

Exclusions read_exclusions(const base::FileSystem& files) {
  Exclusions found;
  std::vector<std::string> paths{exclusions_path};
  auto const names = files.list(exclusions_directory);
  if (names) {
    for (const std::string& name : *names)
      if (name.ends_with(".conf") && name.front() != '.')
        paths.push_back(fmt::format("{}/{}", exclusions_directory, name));
  } else if (!is_absent(files, exclusions_directory, names.error())) {
    found.problem = names.error().message;
  }
  for (const std::string& path : paths) {
    auto const text = read_text(files, path);
    if (!text && found.problem.empty())
      found.problem = text.error().message;
    if (text)
      for (decide::Exclusion& exclusion : parse_exclusions(*text))
        found.all.push_back(std::move(exclusion));
  }
  return found;
}

} // namespace nvmf::host
