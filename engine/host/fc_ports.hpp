// Local FC ports and the remote ports they see, from sysfs (/sys/class/fc_host,
// /sys/class/fc_remote_ports).
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"

#include <vector>

namespace nvmf::host {

// Local ports in the order of their names, remote ports (NVMe targets and discovery controllers
// that are online) likewise; those of a port behind which the driver lists none are unknown.
std::vector<decide::FcPort> read_fc_ports(const base::FileSystem& files);

} // namespace nvmf::host
