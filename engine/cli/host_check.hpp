// `check --host`: what a policy meets on this machine.
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"
#include "diag/finding.hpp"
#include "policy/load.hpp"

#include <string>
#include <vector>

namespace nvmf::cli {

// Adds 502 and 308 (secrets and identity files that cannot be used), 503 and 504 (files that others
// could have written), 706 (others that connect, too), 707 (targets that exclusions.conf names).
// `loaded` must hold a policy; `facts` are the host's.
void check_host(const base::FileSystem& files, const policy::Loaded& loaded,
                const decide::Facts& facts, diag::Sink& sink);

// Services of others that are running and make NVMe-oF connections: `stafd`, `stacd`.
std::vector<std::string> other_orchestrators(const base::FileSystem& files);

} // namespace nvmf::cli
