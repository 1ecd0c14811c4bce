// /run/nvme/registry: who connected which controller, shared with the other orchestrators of the
// host.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "event/sysfs_device.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::host {

using event::registry_directory;
inline constexpr std::string_view registry_owner = decide::own_owner;
// The owner of the paths that the firmware's table names, whichever program connected them:
// nvme-cli 3 leaves those alone when it disconnects all.
inline constexpr std::string_view firmware_owner = "nbft";

struct RegistryEntry {
  std::string owner;
  // /sys/kernel/uevent_seqnum when it was connected; none if the entry does not say.
  std::optional<std::uint64_t> seqnum;
  bool operator==(const RegistryEntry&) const = default;
};

// None if there is no entry.
std::optional<RegistryEntry> read_registry_entry(const base::FileSystem& files,
                                                 const std::string& device);

// Notes that we connected `device` (seqnum of now). Directory 0755, files
// 0644, each built aside and renamed into place; `seqnum` first, so that an entry with an owner is
// whole. An entry of ours waits for claim_registry where release_registry was the latest.
base::Result<void> write_registry_entry(base::FileSystem& files, const std::string& device,
                                        std::string_view owner = registry_owner);

// Removes our entry, or that of the firmware, of a device that is gone. Any other owner's stays; so
// does one that is younger than the remove event (`seqnum`, 0: unknown), because the number was
// given to a new controller meanwhile. True if an entry of ours was removed.
base::Result<bool> remove_registry_entry(base::FileSystem& files, const std::string& device,
                                         std::uint64_t seqnum);

// nvmf-policy.service stops: our entries go, of controllers that stay connected, too, so that what
// somebody makes later under such a number is not taken for ours. Those of the firmware stay. The
// controllers (host::incarnation_of) are remembered in /run/nvmf/released.
base::Result<void> release_registry(base::FileSystem& files);

// It starts: a remembered controller that is still there has its entry again, unless another owner
// has one by now.
base::Result<void> claim_registry(base::FileSystem& files);

} // namespace nvmf::host
