// `check --host`: the firmware's boot tables against this host.
#pragma once

#include "decide/facts.hpp"
#include "diag/finding.hpp"
#include "policy/policy.hpp"

namespace nvmf::cli {

// Adds 713 (a table, or a part of one, that cannot be read), 714 (an interface of a table that this
// host does not have, or no longer), 715 (the table's identity is another than the host's own), and
// takes back 411 (boot waits for nothing) where a table names the subsystem. Nothing where the
// policy ignores the tables.
void check_firmware(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink);

} // namespace nvmf::cli
