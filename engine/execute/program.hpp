// `nvmf-connect`: the fabrics executor as a program.
#pragma once

#include "plan/run.hpp"
#include "systemd/journal.hpp"

#include <span>
#include <string>

namespace nvmf::execute {

struct ExecutorOptions {
  std::string root; // before every path; empty: this host
  plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
};

// Carries all requests out, against the kernel, and ends the process with its ExitCode: not past
// its threads, of which one may be in the kernel for a minute.
[[noreturn]] void run_executor(const ExecutorOptions& options, systemd::Journal& journal);

// nvmf-connect [--root DIR]
//
// Returns the exit code of CLI: 0 nothing left, or told to end; 75 to be started anew; 2 usage.
int run_program(std::span<const char* const> arguments);

} // namespace nvmf::execute
