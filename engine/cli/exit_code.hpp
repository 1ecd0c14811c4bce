// The exit codes of nvmf-policy, the same for every command.
#pragma once

namespace nvmf::cli {

enum class ExitCode : int {
  done = 0,
  answer_is_no = 1,         // done, and: errors were found, tests failed, the time is over
  usage = 2,                // the command line cannot be understood
  selected_or_degraded = 3, // findings that `--fail-on` selects, or `status` is degraded
  failed = 4,               // it could not be done
  // with --detailed-exitcode
  something_to_do = 10,
  denied_or_refused = 11,
  nothing_matched = 12,
};

} // namespace nvmf::cli
