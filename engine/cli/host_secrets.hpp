// `check --host`: the secrets that a policy refers to, where the services will look for them.
#pragma once

#include "cli/host_check.hpp"
#include "diag/finding.hpp"
#include "policy/policy.hpp"

namespace nvmf::cli {

// Adds 502 (others may read it) and 308 (it is missing, empty, or holds something else), each at
// the place of the reference. A secret is read only to look at its form; no finding shows a part of
// it. Nothing about keyrings, and about what this user may not read.
void check_host_secrets(const HostView& host, const policy::Policy& policy, diag::Sink& sink);

} // namespace nvmf::cli
