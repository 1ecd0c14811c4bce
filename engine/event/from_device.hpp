// The event that a connected discovery controller would raise: `--device nvme0`, `--all`, sweep.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/from_udev.hpp"

#include <string>

namespace nvmf::event {

// `discovery-log-changed` of `device` from its attributes in sysfs. An I/O or PCIe controller gives
// MustNotTrigger; an attribute that cannot be read as it must gives Malformed. Fails with ENOENT
// where there is no such device, with EINVAL where `device` is no device name.
base::Result<Reading> from_device(const std::string& device, const base::FileSystem& files);

// What udev's database knows about the device (libudev); empty if it knows nothing. Always speaks
// of the running system, whatever `--root` says.
Properties properties_of_database(const std::string& device);

} // namespace nvmf::event
