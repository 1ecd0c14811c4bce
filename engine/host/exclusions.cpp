#include "host/exclusions.hpp"

#include "base/ini.hpp"
#include "base/wire_text.hpp"

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

bool is_known(std::string_view key) {
  return std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end();
}

// Adds `key=value`; false if it has no value or says a key twice with different values.
bool add_pair(decide::Exclusion& exclusion, const base::IniLine& pair) {
  auto const [place, is_new] = exclusion.keys.emplace(pair.key, pair.value);
  return is_known(pair.key) && !pair.value.empty() && (is_new || place->second == pair.value);
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

struct ExclusionsFile {
  std::string path;
  base::Result<std::string> text;
};

// All of them, in the order in which they count; the directory itself where it cannot be listed.
std::vector<ExclusionsFile> read_files(const base::FileSystem& files) {
  std::vector<ExclusionsFile> found{{exclusions_path, read_text(files, exclusions_path)}};
  auto const names = files.list(exclusions_directory);
  if (!names && !is_absent(files, exclusions_directory, names.error()))
    found.push_back({exclusions_directory, tl::unexpected(names.error())});
  if (names)
    for (const std::string& name : *names)
      if (name.ends_with(".conf") && name.front() != '.') {
        std::string path = fmt::format("{}/{}", exclusions_directory, name);
        auto text = read_text(files, path);
        found.push_back({std::move(path), std::move(text)});
      }
  return found;
}

// Why the line excludes nothing; empty if it does.
std::string without_effect(const std::string& section, const base::IniLine& line) {
  if (section.empty())
    return "it comes before the header `[exclusions]`";
  if (section != "exclusions")
    return fmt::format("the section `[{}]` is unknown; exclusions belong in `[exclusions]`",
                       base::escaped(section));
  if (line.key != "exclusion")
    return fmt::format("`{}` is not `exclusion`", base::escaped(line.key));
  const decide::Exclusion exclusion = parse_exclusion(line.value);
  if (exclusion.usable)
    return {};
  if (exclusion.keys.empty())
    return "it names nothing to exclude";
  for (auto const& [key, value] : exclusion.keys) {
    if (!is_known(key))
      return fmt::format("the key `{}` is unknown", base::escaped(key));
    if (value.empty())
      return fmt::format("`{}` has no value", base::escaped(key));
  }
  return "a duplicate key has another value";
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
  for (const ExclusionsFile& file : read_files(files)) {
    if (!file.text && found.problem.empty())
      found.problem = file.text.error().message;
    if (file.text)
      for (decide::Exclusion& exclusion : parse_exclusions(*file.text))
        found.all.push_back(std::move(exclusion));
  }
  return found;
}

std::vector<ExclusionProblem> exclusion_problems(const base::FileSystem& files) {
  std::vector<ExclusionProblem> problems;
  for (const ExclusionsFile& file : read_files(files)) {
    if (!file.text) {
      problems.push_back({file.path, 0, file.text.error().message});
      continue;
    }
    for (const base::IniSection& section :
         base::parse_ini(*file.text, base::IniReading::as_written))
      for (const base::IniLine& line : section.lines)
        if (std::string what = without_effect(section.name, line); !what.empty())
          problems.push_back({file.path, line.line, std::move(what)});
  }
  return problems;
}

} // namespace nvmf::host
