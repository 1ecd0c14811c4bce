// The commands of nvmf-policy. A command is a file, its declaration here, and a row in
// commands.cpp.
#pragma once

#include "cli/command_line.hpp"

#include <span>

namespace nvmf::cli {

// In the order in which the help lists them.
std::span<const Command> commands();

Runner declare_analyze(Options& options);
Runner declare_boot(Options& options);
Runner declare_cancel(Options& options);
Runner declare_check(Options& options);
Runner declare_code(Options& options);
Runner declare_disconnect(Options& options);
Runner declare_doc(Options& options);
Runner declare_edit(Options& options);
Runner declare_event(Options& options);
Runner declare_explain(Options& options);
Runner declare_identity(Options& options);
Runner declare_import(Options& options);
Runner declare_plan(Options& options);
Runner declare_record(Options& options);
Runner declare_resume(Options& options);
Runner declare_schema(Options& options);
Runner declare_show(Options& options);
Runner declare_status(Options& options);
Runner declare_suggest(Options& options);
Runner declare_sweep(Options& options);
Runner declare_test(Options& options);
Runner declare_wait(Options& options);

} // namespace nvmf::cli
