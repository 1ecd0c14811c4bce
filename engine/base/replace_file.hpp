// Puts a text into the place of a person's file: the file keeps its owner and mode.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace nvmf::base {

// Puts `content` at `path` in one step, with the owner, group and mode of the file `like`, which
// may be `path` itself. Content and name have reached the disk then. EPERM where this process may
// not give a file that owner or group; what is there stays then. Neither path is a link.
Result<void> replace_file(const std::string& path, std::string_view content,
                          const std::string& like);

} // namespace nvmf::base
