// `nvmf-policy boot --foreground`: what the path unit, the connection services and the wait of the
// boot unit do together, in one program and without a service manager.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "policy/policy.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace nvmf::service {

// The sessions that run; an interface, so that tests need no processes.
class Sessions {
public:
  virtual ~Sessions() = default;
  // Begins the session of the request with this id.
  virtual base::Result<void> begin(const std::string& id) = 0;
  // The ids of those that run. One that has ended is forgotten.
  virtual std::set<std::string> running() = 0;
  // None of those that have ended left something undone.
  virtual bool all_succeeded() const = 0;
  // Asks all to stop, waits a few seconds, and leaves what is in the kernel by then.
  virtual void stop() = 0;
};

struct ForegroundWorld {
  base::FileSystem& files;
  const base::Clock& clock;
  Sessions& sessions;
  std::string root;                         // before every path; empty: this host
  std::function<void(base::Duration)> rest; // until the next look
  // A request that could not be begun, and why.
  std::function<void(const std::string& id, const base::Error& error)> tell_failure;
};

// Begins a session for each request that waits, whenever it comes, until `required` is live or its
// timeout is over; nothing required: until no session runs and no request waits. Then the sessions
// stop; where all is live, once the discovery controllers that were connected for their logs are
// gone. Returns what is missing, in words; empty: all is live.
std::vector<std::string> run_in_foreground(const ForegroundWorld& world,
                                           const policy::BootWait& required);

} // namespace nvmf::service
