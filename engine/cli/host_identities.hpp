// `check --host`: the identities that this host connects with.
#pragma once

#include "cli/host_check.hpp"
#include "diag/finding.hpp"
#include "policy/policy.hpp"

namespace nvmf::cli {

// Adds 308 (a file of an identity is missing or empty), 509 (an identity that cannot be used, that
// is another host's as well, or whose file holds more than it should), and 310, 312, 316 (two
// identities that this host's files make one). The text in the file of a named identity is not
// shown: it may be any file.
void check_host_identities(const HostView& host, const policy::Policy& policy, diag::Sink& sink);

} // namespace nvmf::cli
