// The withdrawal of requests and paths where no executor runs, on their files: the caller holds the
// executor's lock. A withdrawn request is not taken up again, and the state says that somebody
// wanted it so. Nothing is disconnected.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "execute/command.hpp"

#include <string>
#include <vector>

namespace nvmf::execute {

// All requests, waiting or claimed.
base::Result<void> cancel_all_requests(base::FileSystem& files, const base::Clock& clock);

// Those paths, as far as they are in the states and not live.
base::Result<void> cancel_paths(base::FileSystem& files, const base::Clock& clock,
                                const std::vector<Command::Path>& paths);

} // namespace nvmf::execute
