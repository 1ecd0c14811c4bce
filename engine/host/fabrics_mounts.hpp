// File systems of /etc/fstab that lie on namespaces over a fabric.
#pragma once

#include "base/file_system.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::host {

struct FabricsMount {
  std::string where;      // `/srv/data`
  std::string device;     // the block device below it, `nvme1n1`
  std::uint32_t line = 0; // of /etc/fstab
  bool operator==(const FabricsMount&) const = default;
};

// Those that are mounted now and whose line in /etc/fstab lacks `_netdev`, so that systemd takes
// them for local ones (systemd.mount(5)). Looks through partitions, device mapper and md. The root
// is never among them: the initrd mounts it. Unreadable files give no findings.
std::vector<FabricsMount> mounts_without_netdev(const base::FileSystem& files);

// Whether root, /usr or swap lies on a namespace over a fabric: what this host needs to run
// programs at all, those that connect it again among them. By /proc/self/mountinfo and /proc/swaps,
// through the same layers; a file's swap is that of its file system. Unreadable tables: no.
bool system_lies_on_fabrics(const base::FileSystem& files);

} // namespace nvmf::host
