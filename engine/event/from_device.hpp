// The event that a connected discovery controller would raise: `--device nvme0`, `--all`, sweep.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/from_udev.hpp"

#include <string>

namespace nvmf::event {

// `discovery-log-changed` of `device` from its attributes in sysfs. An I/O or PCIe controller gives
// MustNotTrigger; an attribute that cannot be read as it must gives Malformed. Fails with ENOENT
// for a missing device, with EINVAL for a name that is not a valid device name.
base::Result<Reading> from_device(const std::string& device, const base::FileSystem& files);

} // namespace nvmf::event
