// A text that a user names.
#pragma once

#include "base/result.hpp"
#include "diag/finding.hpp"

#include <string>

namespace nvmf::diag {

// A file as the command line names it (relative to the working directory, not below `--root`), or
// standard input for `-`. At most 16 MiB; fails with the path in the message.
base::Result<SourcePtr> read_source(const std::string& path);

} // namespace nvmf::diag
