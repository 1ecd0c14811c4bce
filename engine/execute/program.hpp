// `nvmf-connect ID`: the fabrics executor as a program.
#pragma once

#include "plan/run.hpp"
#include "systemd/journal.hpp"

#include <span>
#include <string>

namespace nvmf::execute {

struct Request {
  std::string root; // before every path; empty: this host
  std::string id;   // of the request to be carried out
  plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
};

// Carries the request out, against the kernel, and ends the process with its ExitCode: not past its
// threads, of which one may be in the kernel for a minute.
[[noreturn]] void carry_out(const Request& request, systemd::Journal& journal);

// nvmf-connect [--root DIR] ID           carries the request out
// nvmf-connect [--root DIR] --cancel ID  ExecStop=: withdraws it, but only where $MAINPID says that
//                                        the stop is deliberate
// nvmf-connect [--root DIR] --cancel-all withdraws all
//
// Returns the exit code of CLI: 0 all connected or kept, 75 some left and worth another start, 78
// policy or plan invalid, 69 no fabrics device, 77 not permitted, 2 usage.
int run_program(std::span<const char* const> arguments);

} // namespace nvmf::execute
