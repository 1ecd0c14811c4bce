#include "service/required_paths.hpp"

#include "host/controllers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <thread>

namespace nvmf::service {

namespace {

// sysfs sends no notice when a controller becomes live.
constexpr std::chrono::milliseconds look_again_after{250};

} // namespace

std::vector<std::string> missing_paths(const std::vector<decide::Controller>& controllers,
                                       const policy::BootWait& required) {
  std::map<std::string, std::uint32_t> live_paths;
  for (const decide::Controller& controller : controllers)
    if (controller.is_io() && controller.state == "live")
      ++live_paths[controller.subsystem_nqn];
  std::vector<std::string> missing;
  for (const auto& [glob, span] : required.wait_for) {
    std::uint32_t most = 0;
    for (const auto& [nqn, paths] : live_paths)
      if (glob.matches(nqn))
        most = std::max(most, paths);
    if (most < required.paths)
      missing.push_back(fmt::format("{}: {} of {} path{}", glob.pattern(), most, required.paths,
                                    required.paths == 1 ? "" : "s"));
  }
  return missing;
}

std::vector<std::string> wait_until_live(const base::FileSystem& files,
                                         const policy::BootWait& required, const base::Clock& clock,
                                         const TellMissing& tell) {
  const base::Duration start = clock.since_boot();
  while (true) {
    auto missing = missing_paths(host::read_controllers(files), required);
    const base::Duration waited = clock.since_boot() - start;
    if (missing.empty() || waited >= required.timeout)
      return missing;
    if (tell)
      tell(missing, waited);
    std::this_thread::sleep_for(
        std::min<base::Duration>(look_again_after, required.timeout - waited));
  }
}

} // namespace nvmf::service
