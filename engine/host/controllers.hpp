// NVMe-oF controllers as sysfs shows them (/sys/class/nvme).
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::host {

// One controller with its registry owner; none if it is gone (also half-way), is not a fabrics
// controller (PCIe, apple-nvme), `device` is not a valid device name, or a value of it cannot be
// read.
std::optional<decide::Controller> read_controller(const base::FileSystem& files,
                                                  const std::string& device);

// The same, where it matters whether it is gone or a value of it cannot be read for want of
// descriptors or memory (a failure): half of an address is another one.
base::Result<std::optional<decide::Controller>> look_at_controller(const base::FileSystem& files,
                                                                   const std::string& device);

// Distinguishes the controller from others that had this device name before it or will have it: the
// number of its directory in sysfs, which the kernel counts up (fs/kernfs). 0: it is gone.
std::uint64_t incarnation_of(const base::FileSystem& files, const std::string& device);

// All of them, ordered by number. A device that vanishes while it is read is left out.
std::vector<decide::Controller> read_controllers(const base::FileSystem& files);

} // namespace nvmf::host
