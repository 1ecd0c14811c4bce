// `nvmf-policy status`: policy in force, what is connected, what is not and why.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/status_report.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <memory>
#include <thread>
#include <unistd.h>

namespace nvmf::cli {

namespace {

struct StatusRequest {
  bool watch = false;
};

constexpr std::chrono::seconds between_looks{1};
// ECMA-48: cursor to the first column of the first line, erase what is below.
const std::string clear_screen = "\033[H\033[J";

// Between two reports of a file or a pipe.
std::string separator(const Globals& globals, const std::string& before) {
  return before.empty() || globals.format == "json" ? "" : "\n";
}

std::string shown(const StatusReport& report, const Globals& globals) {
  return globals.format == "json" ? status_json(report)
                                  : status_text(report, screen_for(stdout, globals.color));
}

ExitCode unreadable(const base::Error& error) {
  complain("the state cannot be read: " + error.message);
  return ExitCode::failed;
}

// Shows each change until it is interrupted.
ExitCode watch(const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  const base::SystemClock clock;
  const bool is_screen = globals.format != "json" && ::isatty(STDOUT_FILENO) == 1;
  std::string before;
  while (output_was_written()) {
    const auto report = gather_status(files, clock);
    if (!report)
      return unreadable(report.error());
    const std::string now = shown(*report, globals);
    if (now != before)
      print((is_screen ? clear_screen : separator(globals, before)) + now);
    before = now;
    std::this_thread::sleep_for(between_looks);
  }
  return ExitCode::failed;
}

ExitCode run_status(const StatusRequest& request, const Globals& globals) {
  if (request.watch)
    return watch(globals);
  base::RealFileSystem files = host_files(globals);
  const auto report = gather_status(files, base::SystemClock());
  if (!report)
    return unreadable(report.error());
  print(shown(*report, globals));
  return report->degraded() ? ExitCode::selected_or_degraded : ExitCode::done;
}

} // namespace

Runner declare_status(Options& options) {
  auto request = std::make_shared<StatusRequest>();
  options.flag("--watch", "shows it again whenever it changes", request->watch);
  options.formats({"human", "json"});
  return [request](const Globals& globals) { return run_status(*request, globals); };
}

} // namespace nvmf::cli
