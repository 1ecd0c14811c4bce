// `nvmf-policy status`: policy in force, what is connected, what is not and why.
#include "cli/commands.hpp"
#include "cli/fit_text.hpp"
#include "cli/inputs.hpp"
#include "cli/status_report.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "host/interfaces.hpp"

#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>

namespace nvmf::cli {

namespace {

struct StatusRequest {
  bool watch = false;
  std::optional<std::string> subsystem;
};

constexpr std::chrono::seconds between_looks{1};
// ECMA-48: cursor to the first column of the first line, erase what is below.
const std::string clear_screen = "\033[H\033[J";

bool is_json(const Globals& globals) { return globals.format == "json"; }

// Between two reports of a file or a pipe.
std::string separator(const Globals& globals, const std::string& before) {
  return before.empty() || is_json(globals) ? "" : "\n";
}

std::string human(const StatusReport& report, const Globals& globals) {
  return status_text(report,
                     {.screen = screen_for(stdout, globals.color), .verbose = globals.verbose});
}

ExitCode unreadable(const base::Error& error) {
  complain("the state cannot be read: " + error.message);
  return ExitCode::failed;
}

base::Result<StatusReport> look(base::RealFileSystem& files, const StatusRequest& request,
                                const Globals& globals) {
  std::vector<decide::Interface> interfaces;
  if (globals.root.empty()) // the running kernel's, and unknown where it does not say
    interfaces = host::read_interfaces().value_or(interfaces);
  auto report = gather_status(files, base::SystemClock(), interfaces);
  if (report && request.subsystem)
    keep_only(*report, base::Glob(*request.subsystem));
  return report;
}

// The report without what changes with every second.
std::string fingerprint(StatusReport report) {
  report.now = {};
  return status_json(report, JsonForm::line);
}

// Problems come first and stay on the screen; the rest is counted.
std::string on_screen(const std::string& text) {
  const auto lines = window_lines(stdout);
  const auto columns = screen_for(stdout, ColorChoice::never).columns;
  return clear_screen + (lines && columns ? fitted(text, *lines, *columns) : text);
}

// Shows each change until it is interrupted.
ExitCode watch(const StatusRequest& request, const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  const bool is_screen = !is_json(globals) && ::isatty(STDOUT_FILENO) == 1;
  std::string before;
  while (output_was_written()) {
    const auto report = look(files, request, globals);
    if (!report)
      return unreadable(report.error());
    // On a screen the time to the next try is counted down.
    const std::string now = is_screen ? human(*report, globals) : fingerprint(*report);
    if (now != before && is_screen)
      print(on_screen(now));
    else if (now != before)
      print(separator(globals, before) +
            (is_json(globals) ? status_json(*report, JsonForm::line) : human(*report, globals)));
    before = now;
    std::this_thread::sleep_for(between_looks);
  }
  return ExitCode::failed;
}

ExitCode run_status(const StatusRequest& request, const Globals& globals) {
  if (request.watch)
    return watch(request, globals);
  base::RealFileSystem files = host_files(globals);
  const auto report = look(files, request, globals);
  if (!report)
    return unreadable(report.error());
  print(is_json(globals) ? status_json(*report) : human(*report, globals));
  if (request.subsystem && report->subsystems.empty()) {
    complain(fmt::format("no subsystem that is known matches `{}`", *request.subsystem));
    return ExitCode::failed;
  }
  return report->degraded() ? ExitCode::selected_or_degraded : ExitCode::done;
}

} // namespace

Runner declare_status(Options& options) {
  auto request = std::make_shared<StatusRequest>();
  options.flag("--watch", "shows it again whenever it changes", request->watch);
  options.value("--subsystem", "GLOB", "only subsystems whose NQN matches", request->subsystem);
  options.verbose("also full NQNs, rules and options");
  options.formats({"human", "json"});
  return [request](const Globals& globals) { return run_status(*request, globals); };
}

} // namespace nvmf::cli
