// NVMe-oF controllers as sysfs shows them (/sys/class/nvme).
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nvmf::host {

// One controller with its registry owner; none if it is gone (also half-way), is no fabrics
// controller (PCIe, apple-nvme) or `device` is no device name.
std::optional<decide::Controller> read_controller(const base::FileSystem& files,
                                                  const std::string& device);

// All of them, ordered by number. A device that vanishes while it is read is left out.
std::vector<decide::Controller> read_controllers(const base::FileSystem& files);

} // namespace nvmf::host
