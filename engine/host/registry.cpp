#include "host/registry.hpp"

#include "event/sysfs_device.hpp"
#include "host/controllers.hpp"
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
// A file for each device, with the incarnation of our controller. The directory is there while
// nvmf-policy.service is stopped.
constexpr const char* released_directory = "/run/nvmf/released";
// The same while the entries are made again.
constexpr const char* claiming_directory = "/run/nvmf/released.claiming";
constexpr std::size_t number_limit = 32;

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

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const is_number = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return is_number ? std::optional(number) : std::nullopt;
}

std::string released_path(const std::string& device) {
  return fmt::format("{}/{}", released_directory, device);
}

// Remembers whose the controller is; one that is gone needs no entry any more.
base::Result<void> note_released(base::FileSystem& files, const std::string& device) {
  std::uint64_t const incarnation = incarnation_of(files, device);
  if (incarnation == 0)
    return {};
  return files.write_atomically(released_path(device), std::to_string(incarnation),
                                registry_file_mode);
}

base::Result<void> release(base::FileSystem& files, const std::string& device) {
  if (auto noted = note_released(files, device); !noted)
    return noted;
  return remove_tree(files, device);
}

base::Result<void> write_entry(base::FileSystem& files, const std::string& device,
                               std::string_view owner) {
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

// The entry of the controller that the file at `path` remembers, if that one still has the number.
base::Result<void> claim(base::FileSystem& files, const std::string& path,
                         const std::string& device) {
  auto const text = files.read(path, number_limit);
  if (!text)
    return tl::unexpected(text.error());
  std::uint64_t const released = number_in(*text).value_or(0);
  bool const is_ours = released != 0 && released == incarnation_of(files, device);
  if (is_ours && !read_registry_entry(files, device))
    if (auto written = write_entry(files, device, registry_owner); !written)
      return written;
  return files.remove(path);
}

// One that cannot be made is tried again at the next start, and keeps none of the others.
base::Result<void> claim_those_in(base::FileSystem& files, const std::string& directory) {
  auto const devices = files.list(directory);
  if (!devices)
    return devices.error().code == ENOENT ? base::Result<void>() : tl::unexpected(devices.error());
  base::Result<void> result;
  for (const std::string& device : *devices) {
    std::string const path = fmt::format("{}/{}", directory, device);
    auto const done =
        event::is_device_name(device) ? claim(files, path, device) : files.remove(path);
    if (!done)
      result = done;
  }
  auto const removed = files.remove(directory);
  return result ? removed : result;
}

} // namespace

std::optional<RegistryEntry> read_registry_entry(const base::FileSystem& files,
                                                 const std::string& device) {
  if (!event::is_device_name(device))
    return std::nullopt;
  RegistryEntry entry{.owner = first_line_of(files, entry_path(device) + "/owner")};
  if (entry.owner.empty())
    return std::nullopt;
  entry.seqnum = number_in(first_line_of(files, entry_path(device) + "/seqnum"));
  return entry;
}

base::Result<void> write_registry_entry(base::FileSystem& files, const std::string& device,
                                        std::string_view owner) {
  if (auto const good = check_device(device); !good)
    return good;
  bool const is_ours = owner == registry_owner;
  if (is_ours && files.exists(released_directory))
    return note_released(files, device);
  if (auto written = write_entry(files, device, owner); !written)
    return written;
  // It may have been released meanwhile, and this entry not seen.
  if (is_ours && files.exists(released_directory))
    return release(files, device);
  return {};
}

base::Result<bool> remove_registry_entry(base::FileSystem& files, const std::string& device,
                                         std::uint64_t seqnum) {
  if (auto const good = check_device(device); !good)
    return tl::unexpected(good.error());
  if (seqnum == 0)
    (void)files.remove(released_path(device));
  auto const entry = read_registry_entry(files, device);
  if (!entry || (entry->owner != registry_owner && entry->owner != firmware_owner))
    return false;
  if (seqnum != 0 && entry->seqnum.value_or(0) >= seqnum)
    return false;
  if (auto const removed = remove_tree(files, device); !removed)
    return tl::unexpected(removed.error());
  return true;
}

base::Result<void> release_registry(base::FileSystem& files) {
  if (auto made = files.make_directories(released_directory, registry_directory_mode); !made)
    return made;
  auto const devices = files.list(std::string(registry_directory));
  if (!devices)
    return devices.error().code == ENOENT ? base::Result<void>() : tl::unexpected(devices.error());
  base::Result<void> result;
  for (const std::string& device : *devices) {
    auto const entry = read_registry_entry(files, device);
    if (entry && entry->owner == registry_owner)
      if (auto released = release(files, device); !released)
        result = released;
  }
  return result;
}

base::Result<void> claim_registry(base::FileSystem& files) {
  // Of a start that was interrupted.
  if (auto earlier = claim_those_in(files, claiming_directory); !earlier)
    return earlier;
  auto const moved = files.rename(released_directory, claiming_directory);
  if (!moved)
    return moved.error().code == ENOENT ? base::Result<void>() : moved;
  return claim_those_in(files, claiming_directory);
}

} // namespace nvmf::host
