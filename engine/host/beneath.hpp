// The devices that a controller was connected over: the RDMA devices or the FC hosts that this
// host had then.
//
// When such a device goes, its controllers go with it, and the kernel's log shows no more than a
// disconnect (drivers/nvme/host/rdma.c, nvme_rdma_remove_one). A device that goes and returns is
// another one: the number of its directory in sysfs is a new one.
#pragma once

#include "base/file_system.hpp"
#include "base/transport.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::host {

struct Needed {
  std::string path;        // /sys/class/infiniband/mlx5_0
  std::uint64_t inode = 0; // of the directory
  bool operator==(const Needed&) const = default;
};

// The devices of that transport that are there now; none for tcp and loop.
std::vector<Needed> present_beneath(const base::FileSystem& files, base::Transport transport);
// One of them is gone, or another one has its name.
bool is_one_gone(const base::FileSystem& files, const std::vector<Needed>& needed);

// `PATH INODE`, and the reverse; none if it is something else.
std::string to_text(const Needed& needed);
std::optional<Needed> parse_needed(std::string_view text);

// Remembers for the controller `device` (host::incarnation_of) what is there now; nothing for tcp
// and loop. Best effort.
void note_beneath(base::FileSystem& files, const std::string& device, std::uint64_t incarnation,
                  base::Transport transport);
// The devices remembered for that controller; none if there are none.
std::optional<std::vector<Needed>>
noted_beneath(const base::FileSystem& files, const std::string& device, std::uint64_t incarnation);
void forget_beneath(base::FileSystem& files, const std::string& device);

} // namespace nvmf::host
