// The first half of putting a file into its place in one step: the whole content under a name
// beside it, which then takes the place by a rename or a link. Paths are those that this process
// opens; `shown` is what an error calls the file.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace nvmf::base {

enum class Durable : std::uint8_t { no, yes };

// The name of the new file, in the directory of `target`; nothing is left of a failure. A leading
// dot keeps it out of every directory scan and path unit. Durable: the content has reached the
// disk.
Result<std::string> write_beside(const std::string& target, const std::string& shown,
                                 std::string_view content, mode_t mode, Durable durable);

Result<void> write_all(int fd, const std::string& shown, std::string_view content);

// The names in the directory have reached the disk.
Result<void> sync_directory(const std::string& directory, const std::string& shown);

// `/etc/nvmf` of `/etc/nvmf/autoconnect.yaml`.
std::string directory_of(const std::string& path);

} // namespace nvmf::base
