// `check --host`: whether the host names of targets have an address.
#pragma once

#include "cli/host_check.hpp"
#include "diag/finding.hpp"
#include "policy/policy.hpp"

namespace nvmf::cli {

// Adds 318 for each endpoint of a target whose name has no address that it can be connected at; for
// information where that cannot be known now. All names are asked at once, and an answer is waited
// for a few seconds. Nothing is asked where the view has no resolver.
void check_host_names(const HostView& host, const policy::Policy& policy, diag::Sink& sink);

} // namespace nvmf::cli
