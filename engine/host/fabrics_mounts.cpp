#include "host/fabrics_mounts.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mntent.h>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace nvmf::host {

namespace {

constexpr std::size_t table_limit = 1 << 20;
constexpr std::size_t attribute_limit = 64;
constexpr int deepest_stack = 8; // file system on LVM on LUKS on md …

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The part of a path that follows `/DIRECTORY/`; empty where that is not in it.
std::string part_after(const std::string& path, const std::string& directory) {
  std::size_t const at = path.find("/" + directory + "/");
  if (at == std::string::npos)
    return {};
  std::string const rest = path.substr(at + directory.size() + 2);
  return rest.substr(0, rest.find('/'));
}

bool is_controller(const std::string& name) {
  return name.size() > 4 && name.starts_with("nvme") &&
         std::all_of(name.begin() + 4, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Of a namespace with multipath: whether a controller of its subsystem is not a PCIe one.
bool has_fabrics_controller(const base::FileSystem& files, const std::string& subsystem) {
  auto const names = files.list("/sys/class/nvme-subsystem/" + subsystem);
  return names && std::any_of(names->begin(), names->end(), [&](const std::string& name) {
           if (!is_controller(name))
             return false;
           auto const transport =
               files.read("/sys/class/nvme/" + name + "/transport", attribute_limit);
           return transport && !transport->starts_with("pcie");
         });
}

// The namespace over a fabric on which the block device lies, by whatever is stacked between.
std::optional<std::string> fabrics_namespace(const base::FileSystem& files, const std::string& name,
                                             int depth = 0) {
  auto const link = files.link_text("/sys/class/block/" + name);
  if (!link || depth > deepest_stack)
    return std::nullopt;
  std::string const subsystem = part_after(*link, "nvme-subsystem");
  if (!subsystem.empty() ? has_fabrics_controller(files, subsystem)
                         : link->find("/nvme-fabrics/") != std::string::npos)
    return name;
  auto const slaves = files.list("/sys/class/block/" + name + "/slaves");
  if (slaves)
    for (const std::string& slave : *slaves)
      if (auto found = fabrics_namespace(files, slave, depth + 1))
        return found;
  return std::nullopt;
}

// Calls `use` for each line of a table in the form of fstab(5), with its number.
template <typename Use>
void for_each_line(const std::string& table, Use use) {
  if (table.empty())
    return;
  std::string copy = table;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(
      ::fmemopen(copy.data(), copy.size(), "r"), &std::fclose);
  if (!file)
    return;
  mntent entry{};
  std::array<char, 4096> buffer{};
  std::uint32_t line = 1;
  long counted = 0; // line ends up to there
  while (::getmntent_r(file.get(), &entry, buffer.data(), buffer.size()) != nullptr) {
    long const last = std::max(std::ftell(file.get()) - 1, counted); // of the line just read
    line +=
        static_cast<std::uint32_t>(std::count(table.begin() + counted, table.begin() + last, '\n'));
    counted = last;
    use(entry, line);
  }
}

// Mount point → block device.
std::map<std::string, std::string> mounted_devices(const base::FileSystem& files) {
  std::map<std::string, std::string> devices;
  auto const table = files.read("/proc/self/mounts", table_limit);
  if (!table)
    return devices;
  for_each_line(*table, [&](const mntent& entry, std::uint32_t) {
    std::string const source = entry.mnt_fsname;
    if (!source.starts_with("/dev/"))
      return;
    // Device mapper's names are links to what the kernel calls them.
    auto const link = files.link_text(source);
    devices[entry.mnt_dir] = last_part(link ? *link : source);
  });
  return devices;
}

} // namespace

std::vector<FabricsMount> mounts_without_netdev(const base::FileSystem& files) {
  std::vector<FabricsMount> found;
  auto const table = files.read("/etc/fstab", table_limit);
  if (!table)
    return found;
  auto const devices = mounted_devices(files);
  for_each_line(*table, [&](const mntent& entry, std::uint32_t line) {
    auto const device = devices.find(entry.mnt_dir);
    if (device == devices.end() || std::string_view(entry.mnt_dir) == "/" ||
        ::hasmntopt(&entry, "_netdev") != nullptr)
      return;
    if (auto const below = fabrics_namespace(files, device->second))
      found.push_back({.where = entry.mnt_dir, .device = *below, .line = line});
  });
  return found;
}

namespace {

struct Mounted {
  std::string where;
  std::string device; // its name in /sys/class/block; empty: none
};

// proc(5): a blank in a path is `\\040`.
std::string unescaped(std::string_view text) {
  std::string plain;
  constexpr std::size_t digits = 3;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string_view const number = text.substr(at + 1, digits);
    bool const is_escape = text[at] == '\\' && number.size() == digits &&
                           number.find_first_not_of("01234567") == std::string_view::npos;
    if (!is_escape) {
      plain += text[at];
      continue;
    }
    plain += static_cast<char>((number[0] - '0') * 64 + (number[1] - '0') * 8 + number[2] - '0');
    at += digits;
  }
  return plain;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(std::move(word));
  return words;
}

std::string block_device(const base::FileSystem& files, const std::string& path) {
  if (!path.starts_with("/dev/"))
    return {};
  auto const link = files.link_text(path);
  return last_part(link ? *link : path);
}

// `36 35 98:0 /root /where options [optional…] - type source options`: by its number, or, where
// the file system has one of its own (btrfs), by its source.
std::optional<Mounted> mounted_in(const base::FileSystem& files, const std::string& line) {
  constexpr std::size_t number_at = 2;
  constexpr std::size_t where_at = 4;
  auto const words = words_of(line);
  auto const dash = std::find(words.begin(), words.end(), "-");
  if (dash - words.begin() <= static_cast<std::ptrdiff_t>(where_at) || words.end() - dash < 3)
    return std::nullopt;
  auto const link = files.link_text("/sys/dev/block/" + words[number_at]);
  return Mounted{.where = unescaped(words[where_at]),
                 .device = link ? last_part(*link) : block_device(files, unescaped(dash[2]))};
}

std::vector<Mounted> mounts_of_kernel(const base::FileSystem& files) {
  std::vector<Mounted> mounts;
  auto const table = files.read("/proc/self/mountinfo", table_limit);
  std::istringstream lines(table ? *table : std::string());
  for (std::string line; std::getline(lines, line);)
    if (auto mounted = mounted_in(files, line))
      mounts.push_back(std::move(*mounted));
  return mounts;
}

bool lies_below(const std::string& path, const std::string& where) {
  return path.starts_with(where) &&
         (where.ends_with('/') || path.size() == where.size() || path[where.size()] == '/');
}

// That of the mount on which the file lies: of those, the last one has the longest place.
std::string device_of_file(const std::vector<Mounted>& mounts, const std::string& path) {
  const Mounted* found = nullptr;
  for (const Mounted& one : mounts)
    if (lies_below(path, one.where) && (!found || one.where.size() >= found->where.size()))
      found = &one;
  return found ? found->device : std::string();
}

std::vector<std::string> system_devices(const base::FileSystem& files) {
  std::vector<std::string> devices;
  auto const mounts = mounts_of_kernel(files);
  for (const Mounted& one : mounts)
    if (one.where == "/" || one.where == "/usr")
      devices.push_back(one.device);
  auto const swaps = files.read("/proc/swaps", table_limit);
  std::istringstream lines(swaps ? *swaps : std::string());
  for (std::string line; std::getline(lines, line);) {
    auto const words = words_of(line);
    if (words.size() < 2)
      continue;
    std::string const name = unescaped(words[0]);
    devices.push_back(words[1] == "file" ? device_of_file(mounts, name)
                                         : block_device(files, name));
  }
  return devices;
}

} // namespace

bool system_lies_on_fabrics(const base::FileSystem& files) {
  auto const devices = system_devices(files);
  return std::any_of(devices.begin(), devices.end(), [&](const std::string& device) {
    return !device.empty() && fabrics_namespace(files, device);
  });
}

} // namespace nvmf::host
