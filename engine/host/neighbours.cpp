#include "host/neighbours.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

namespace nvmf::host {

namespace {

constexpr std::size_t longest_rules = std::size_t{256} * 1024;

// In the order in which udev looks: the first file of a name is the one that counts.
constexpr std::array rules_directories{"/etc/udev/rules.d", "/run/udev/rules.d",
                                       "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
                                       "/lib/udev/rules.d"};
constexpr std::string_view services_directory = "/etc/systemd/system";

// Those with a drop-in of ours (units/CMakeLists.txt).
constexpr std::array kept_back{"nvmf-connect@.service", "nvmf-autoconnect.service",
                               "nvmf-connect-nbft.service", "nvmefc-boot-connections.service",
                               "nvme-discoverd.service"};

bool is_space(char c) { return c == ' ' || c == '\t'; }

// `nvme connect`, `/usr/sbin/nvme connect-all`: the program, blanks, and the command's beginning.
bool runs_nvme_connect(std::string_view line) {
  constexpr std::string_view program = "nvme";
  for (std::size_t at = line.find(program); at != std::string_view::npos;
       at = line.find(program, at + 1)) {
    std::size_t const end = at + program.size();
    std::size_t const word = line.find_first_not_of(" \t", end);
    bool const begins = at == 0 || line[at - 1] == '/' || line[at - 1] == '"' ||
                        line[at - 1] == '\'' || line[at - 1] == '=' || is_space(line[at - 1]);
    if (begins && word != end && word != std::string_view::npos &&
        line.substr(word).starts_with("connect"))
      return true;
  }
  return false;
}

// Where a file has such a line; lines that end in `\` go on.
std::optional<std::uint32_t> first_connect(std::string_view text) {
  std::uint32_t number = 0;
  std::uint32_t begin = 1;
  std::string logical;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text = text.substr(std::min(end + 1, text.size()));
    ++number;
    std::size_t const first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#' || line[first] == ';')
      continue;
    if (logical.empty())
      begin = number;
    bool const goes_on = line.ends_with('\\');
    if (goes_on)
      line.remove_suffix(1);
    logical += line;
    if (goes_on && !text.empty())
      continue;
    if (runs_nvme_connect(logical))
      return begin;
    logical.clear();
  }
  return std::nullopt;
}

void look_into(const base::FileSystem& files, const std::string& path,
               std::vector<ForeignConnect>& found) {
  if (auto const text = files.read(path, longest_rules))
    if (auto const line = first_connect(*text))
      found.push_back({.path = path, .line = *line});
}

} // namespace

std::vector<std::string> active_orchestrators(const base::FileSystem& files) {
  std::vector<std::string> active;
  // A link to the service's invocation, there from its start to its end (systemd's unit.c,
  // unit_export_state_files).
  for (const char* name : {"stafd", "stacd", "nvme-discoverd"})
    if (files.status_of_link("/run/systemd/units/invocation:" + std::string(name) + ".service"))
      active.emplace_back(name);
  return active;
}

std::vector<ForeignConnect> foreign_connects(const base::FileSystem& files) {
  std::map<std::string, std::string> rules; // name to path, in udev's order
  for (const std::string directory : rules_directories)
    for (std::string& name : files.list(directory).value_or(std::vector<std::string>{}))
      if (name.ends_with(".rules")) {
        std::string path = directory + '/' + name;
        rules.emplace(std::move(name), std::move(path));
      }
  std::vector<ForeignConnect> found;
  for (auto const& [name, path] : rules)
    look_into(files, path, found);
  const std::string services(services_directory);
  for (const std::string& name : files.list(services).value_or(std::vector<std::string>{}))
    if (name.ends_with(".service") &&
        std::find(kept_back.begin(), kept_back.end(), name) == kept_back.end())
      look_into(files, services + '/' + name, found);
  return found;
}

} // namespace nvmf::host
