// `nvmf-policy boot --foreground`: what the path unit, the connection services and the wait of the
// boot unit do together, in one program and without a service manager.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "policy/policy.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nvmf::service {

// The executor; an interface, so that tests need no process.
class ExecutorStarter {
public:
  virtual ~ExecutorStarter() = default;
  // Starts it. It takes the requests that wait, and those that come, until nothing is left to do.
  virtual base::Result<void> start() = 0;
  virtual bool is_running() = 0;
  // Asks it to stop, waits a few seconds, and leaves what is in the kernel by then.
  virtual void stop() = 0;
};

struct ForegroundWorld {
  base::FileSystem& files;
  const base::Clock& clock;
  ExecutorStarter& executor;
  std::string root;                         // before every path; empty: this host
  std::function<void(base::Duration)> rest; // until the next look
  // Why it could not be started.
  std::function<void(const base::Error& error)> tell_failure;
};

// Has the executor run while requests wait, whenever they come, until `required` is live or its
// timeout is over; nothing required: until it has ended and no request waits. Then it is stopped;
// where all is live, once the discovery controllers that were connected for their logs are gone.
// Returns what is missing, in words; empty: all is live.
std::vector<std::string> run_in_foreground(const ForegroundWorld& world,
                                           const policy::BootWait& required);

} // namespace nvmf::service
