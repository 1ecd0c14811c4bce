#include "host/registry.hpp"

#include "event/sysfs_device.hpp"
#include "host/identity.hpp"

#include <cerrno>
#include <charconv>
#include <fmt/format.h>
#include <unistd.h>

namespace nvmf::host {

namespace {

constexpr mode_t registry_directory_mode = 0755;
constexpr mode_t registry_file_mode = 0644;
constexpr const char* current_seqnum_path = "/sys/kernel/uevent_seqnum";

std::string entry_path(const std::string& device) {
  return fmt::format("{}/{}", registry_directory, device);
}

// A name beside the entries that no reader takes for one and no other process uses.
std::string path_aside(const std::string& device) {
  return fmt::format("{}/.{}.{}", registry_directory, device, ::getpid());
}

base::Result<void> check_device(const std::string& device) {
  if (!event::is_device_name(device))
    return base::failure(fmt::format("`{}` is not an NVMe controller", device), EINVAL);
  return {};
}

// Takes the entry away in one step, then deletes it. Nothing if it is not there.
base::Result<void> remove_tree(base::FileSystem& files, const std::string& device) {
  std::string const aside = path_aside(device) + ".old";
  auto const moved = files.rename(entry_path(device), aside);
  if (!moved && moved.error().code == ENOENT)
    return {};
  if (!moved)
    return moved;
  auto const names = files.list(aside);
  if (names)
    for (const std::string& name : *names)
      if (auto removed = files.remove(fmt::format("{}/{}", aside, name)); !removed)
        return removed;
  return files.remove(aside);
}

} // namespace

std::optional<RegistryEntry> read_registry_entry(const base::FileSystem& files,
                                                 const std::string& device) {
  if (!event::is_device_name(device))
    return std::nullopt;
  RegistryEntry entry{.owner = first_line_of(files, entry_path(device) + "/owner")};
  if (entry.owner.empty())
    return std::nullopt;
  std::string const text = first_line_of(files, entry_path(device) + "/seqnum");
  std::uint64_t seqnum = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seqnum);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size())
    entry.seqnum = seqnum;
  return entry;
}

base::Result<void> write_registry_entry(base::FileSystem& files, const std::string& device,
                                        std::string_view owner) {
  if (auto const good = check_device(device); !good)
    return good;
  std::string const aside = path_aside(device);
  if (auto made = files.make_directories(aside, registry_directory_mode); !made)
    return made;
  std::string const seqnum = first_line_of(files, current_seqnum_path);
  if (!seqnum.empty())
    if (auto written = files.write_atomically(aside + "/seqnum", seqnum + "\n", registry_file_mode);
        !written)
      return written;
  if (auto written =
          files.write_atomically(aside + "/owner", fmt::format("{}\n", owner), registry_file_mode);
      !written)
    return written;
  // An existing entry is about an earlier controller of that number.
  if (auto removed = remove_tree(files, device); !removed)
    return removed;
  return files.rename(aside, entry_path(device));
}

base::Result<bool> remove_registry_entry(base::FileSystem& files, const std::string& device,
                                         std::uint64_t seqnum) {
  if (auto const good = check_device(device); !good)
    return tl::unexpected(good.error());
  auto const entry = read_registry_entry(files, device);
  if (!entry || (entry->owner != registry_owner && entry->owner != firmware_owner))
    return false;
  if (seqnum != 0 && entry->seqnum.value_or(0) >= seqnum)
    return false;
  if (auto const removed = remove_tree(files, device); !removed)
    return tl::unexpected(removed.error());
  return true;
}

} // namespace nvmf::host
