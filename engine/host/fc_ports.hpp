// Local FC ports and the remote ports they see, from sysfs (/sys/class/fc_host,
// /sys/class/fc_remote_ports).
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"

#include <optional>
#include <vector>

namespace nvmf::host {

// Local ports in the order of their names, remote ports (NVMe targets and discovery controllers
// that are online) likewise. Nothing (unknown) where the kernel has NVMe over FC but no FC host
// class: loopback ports (fcloop) are in no class of sysfs.
std::optional<std::vector<decide::FcPort>> read_fc_ports(const base::FileSystem& files);

} // namespace nvmf::host
