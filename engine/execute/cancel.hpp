// Stop means stop: what `ExecStop=` runs. A request that is withdrawn is not taken up again, and
// the state says that somebody wanted it so. Nothing is disconnected.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"

#include <string>

namespace nvmf::execute {

// Withdraws the request of `id` and marks its state cancelled; fine if there is neither.
base::Result<void> cancel_request(base::FileSystem& files, const base::Clock& clock,
                                  const std::string& id);

// All requests, waiting or claimed.
base::Result<void> cancel_all_requests(base::FileSystem& files, const base::Clock& clock);

} // namespace nvmf::execute
