// NVMe controllers in sysfs: names and attributes (/sys/class/nvme/nvmeN/NAME).
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::event {

inline constexpr const char* nvme_class_directory = "/sys/class/nvme";
inline constexpr const char* registry_directory = "/run/nvme/registry";

// `nvme` and a number: safe as a part of a path.
bool is_device_name(std::string_view text);

// The attribute's text without its line end; fails with errno. Empty, `none` and `(efault)`, what
// sysfs prints for a null pointer, are an empty text.
base::Result<std::string> read_device_attribute(const base::FileSystem& files,
                                                const std::string& device, const std::string& name);

// The same; none if device or attribute is not there (any more).
std::optional<std::string> device_attribute(const base::FileSystem& files,
                                            const std::string& device, const std::string& name);

// Who connected the device, by the registry that the orchestrators of a host share
// (/run/nvme/registry/nvmeN/owner); empty: nobody says so.
std::string registry_owner(const base::FileSystem& files, const std::string& device);

} // namespace nvmf::event
