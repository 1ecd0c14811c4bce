// `nvmf-policy dispatch`: what the path unit runs while requests wait. Starts an executor for each.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "host/hand_over.hpp"
#include "systemd/units.hpp"

#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace nvmf::cli {

namespace {

// The path unit fires again at once while a file is there, so that leaving before the executors
// have claimed their requests would be a loop of processes.
constexpr std::chrono::milliseconds look_again{50};
constexpr int looks = 40;

ExitCode start_all(const std::vector<std::string>& ids) {
  systemd::SystemdUnits units;
  ExitCode code = ExitCode::done;
  for (const std::string& id : ids)
    if (const auto started = units.start(host::connect_unit(id)); !started) {
      complain(fmt::format("{}: {}", host::connect_unit(id), started.error().message));
      code = ExitCode::failed;
    }
  return code;
}

ExitCode run_dispatch(const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  const host::HandOver hand_over(files);
  auto waiting = hand_over.waiting();
  if (!waiting) {
    complain(waiting.error().message);
    return ExitCode::failed;
  }
  const ExitCode code = start_all(*waiting);
  for (int look = 0; look < looks && waiting && !waiting->empty(); ++look) {
    std::this_thread::sleep_for(look_again);
    waiting = hand_over.waiting();
  }
  return code;
}

} // namespace

Runner declare_dispatch(Options& /*options*/) { return run_dispatch; }

} // namespace nvmf::cli
