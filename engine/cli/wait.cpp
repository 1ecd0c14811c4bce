// `nvmf-policy wait`: until what is needed is live.
#include "base/wire_text.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/status_line.hpp"
#include "cli/terminal.hpp"
#include "service/required_paths.hpp"

#include <chrono>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace nvmf::cli {

namespace {

struct WaitRequest {
  std::optional<std::string> subsystem;
  std::optional<std::size_t> paths;
  std::optional<base::Duration> timeout;
};

void show_missing(const std::vector<std::string>& missing, base::Duration waited) {
  show_status_line(fmt::format(
      "waiting for {}: {}", base::format_duration(std::chrono::floor<std::chrono::seconds>(waited)),
      base::escaped(fmt::format("{}", fmt::join(missing, "; ")))));
}

ExitCode run_wait(const WaitRequest& request, const Globals& globals) {
  policy::BootWait required;
  if (request.subsystem) {
    required.wait_for = {{base::Glob(*request.subsystem), {}}};
    required.paths = static_cast<std::uint32_t>(request.paths.value_or(1));
  } else {
    const auto loaded = policy_or_complaint(globals);
    if (!loaded)
      return loaded.error();
    required = (*loaded)->boot;
  }
  required.timeout = request.timeout.value_or(required.timeout);
  if (required.wait_for.empty()) {
    complain("the policy has no `boot.wait-for`: there is nothing to wait for");
    return ExitCode::done;
  }
  const bool is_watched = has_status_line();
  const auto missing = service::wait_until_live(host_files(globals), required, base::SystemClock(),
                                                is_watched ? show_missing : service::TellMissing());
  if (is_watched)
    erase_status_line();
  for (const std::string& one : missing)
    complain(
        fmt::format("after {} still missing: {}", base::format_duration(required.timeout), one));
  return missing.empty() ? ExitCode::done : ExitCode::answer_is_no;
}

} // namespace

Runner declare_wait(Options& options) {
  auto request = std::make_shared<WaitRequest>();
  const auto subsystem =
      options.value("--subsystem", "GLOB", "this subsystem instead of the policy's `boot.wait-for`",
                    request->subsystem);
  Options::needs(options.number("--paths", "that many live paths (1)", request->paths,
                                std::numeric_limits<std::uint32_t>::max()),
                 subsystem);
  options.duration("--timeout", "waits at most TIME (`boot.timeout`, 60s)", request->timeout);
  return [request](const Globals& globals) { return run_wait(*request, globals); };
}

} // namespace nvmf::cli
