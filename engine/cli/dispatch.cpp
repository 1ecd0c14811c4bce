// `nvmf-policy dispatch`: what the path unit runs while requests wait. Starts an executor for each.
#include "base/wire_text.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "host/hand_over.hpp"
#include "host/run_paths.hpp"
#include "service/planner.hpp"
#include "systemd/units.hpp"

#include <chrono>
#include <fmt/format.h>
#include <set>
#include <thread>

namespace nvmf::cli {

namespace {

// The path unit fires again at once while a file is there, so that leaving before the executors
// have claimed their requests would be a loop of processes.
constexpr std::chrono::milliseconds look_again{50};
constexpr int looks = 40;

// Starts those that were not started before.
ExitCode start_new(const base::FileSystem& files, const std::vector<std::string>& ids,
                   std::set<std::string>& before) {
  systemd::SystemdUnits units;
  ExitCode code = ExitCode::done;
  for (const std::string& id : ids) {
    if (!before.insert(id).second)
      continue;
    if (const auto started = service::start_service(files, units, id); !started) {
      complain(fmt::format("{}: {}", host::connect_unit(id), started.error().message));
      code = ExitCode::failed;
    }
  }
  return code;
}

ExitCode run_dispatch(const Globals& globals) {
  base::RealFileSystem files = host_files(globals);
  host::HandOver hand_over(files);
  if (const auto foreign = hand_over.set_aside_foreign(); !foreign)
    complain(foreign.error().message);
  else
    for (const std::string& name : *foreign)
      complain(fmt::format("{}/{} is not a request and was moved to {}", host::plans_directory,
                           base::escaped(name), host::failed_directory));
  auto waiting = hand_over.waiting();
  if (!waiting) {
    complain(waiting.error().message);
    return ExitCode::failed;
  }
  std::set<std::string> started;
  ExitCode code = start_new(files, *waiting, started);
  for (int look = 0; look < looks && waiting && !waiting->empty(); ++look) {
    std::this_thread::sleep_for(look_again);
    waiting = hand_over.waiting();
    if (waiting && start_new(files, *waiting, started) != ExitCode::done)
      code = ExitCode::failed;
  }
  return code;
}

} // namespace

Runner declare_dispatch(Options& /*options*/) { return run_dispatch; }

} // namespace nvmf::cli
