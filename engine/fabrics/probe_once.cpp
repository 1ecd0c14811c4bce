#include "fabrics/probe_once.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <poll.h>

namespace nvmf::fabrics {

base::Result<void> probe_once(const ProbeTarget& target, base::Duration accept_within) {
  using Clock = std::chrono::steady_clock;
  auto probe = Probe::start(target);
  if (!probe)
    return tl::unexpected(probe.error());
  auto limit = Clock::now() + accept_within;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
    pollfd waiting{.fd = probe->fd(), .events = static_cast<short>(probe->events()), .revents = 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready < 0)
      return base::errno_failure("probe", errno);
    if (ready == 0)
      return tl::unexpected(probe->timed_out());
    const auto progress = probe->advance();
    if (!progress)
      return tl::unexpected(progress.error());
    if (*progress == Probe::Progress::answered)
      return {};
    if (*progress == Probe::Progress::accepted)
      limit = Clock::now() + icresp_patience;
  }
}

} // namespace nvmf::fabrics
