// `nvmf-policy wait`: until what is needed is live.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "service/required_paths.hpp"

#include <charconv>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct WaitRequest {
  std::optional<std::string> subsystem;
  std::optional<std::string> paths;
  std::optional<std::string> timeout;
};

std::optional<std::uint32_t> parse_path_count(const std::string& text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && count > 0 ? std::optional(count) : std::nullopt;
}

// What the command line asks for.
std::optional<UsageError> apply(const WaitRequest& request, policy::BootWait& required) {
  if (request.paths && !request.subsystem)
    return UsageError{"`--paths` goes with `--subsystem`", {}};
  if (request.subsystem)
    required = {.wait_for = {base::Glob(*request.subsystem)}, .timeout = required.timeout};
  if (request.paths) {
    const auto count = parse_path_count(*request.paths);
    if (!count)
      return UsageError{fmt::format("`--paths` is a number from 1, not `{}`", *request.paths), {}};
    required.paths = *count;
  }
  if (request.timeout) {
    const auto timeout = base::parse_duration(*request.timeout);
    if (!timeout)
      return UsageError{fmt::format("`--timeout` is a duration, not `{}`", *request.timeout),
                        "for example `90s`"};
    required.timeout = *timeout;
  }
  return std::nullopt;
}

ExitCode run_wait(const WaitRequest& request, const Globals& globals) {
  policy::BootWait required;
  if (const auto problem = apply(request, required))
    return usage_error("wait", *problem);
  if (!request.subsystem) {
    const auto loaded = policy_or_complaint(globals);
    if (!loaded)
      return loaded.error();
    const auto& policy = *loaded;
    const base::Duration timeout = request.timeout ? required.timeout : policy->boot.timeout;
    required = policy->boot;
    required.timeout = timeout;
  }
  if (required.wait_for.empty()) {
    complain("the policy has no `boot.wait-for`: there is nothing to wait for");
    return ExitCode::done;
  }
  const auto missing = service::wait_until_live(host_files(globals), required, base::SystemClock());
  for (const std::string& one : missing)
    complain(
        fmt::format("after {} still missing: {}", base::format_duration(required.timeout), one));
  return missing.empty() ? ExitCode::done : ExitCode::answer_is_no;
}

} // namespace

Runner declare_wait(Options& options) {
  auto request = std::make_shared<WaitRequest>();
  options.value("--subsystem", "GLOB", "this subsystem instead of the policy's `boot.wait-for`",
                request->subsystem);
  options.value("--paths", "N", "that many live paths (1)", request->paths);
  options.value("--timeout", "TIME", "at most so long (`boot.timeout`, 60s)", request->timeout);
  return [request](const Globals& globals) { return run_wait(*request, globals); };
}

} // namespace nvmf::cli
