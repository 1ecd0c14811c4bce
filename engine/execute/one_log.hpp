// The log of a discovery controller that is not connected, for a dry run: it is connected for the
// moment of one read. Every way out disconnects it again.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/log_entry.hpp"
#include "execute/connect_writer.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/probe.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace nvmf::execute {

struct OneLogRequest {
  std::string id;  // of the plan: should this process be killed, its executor ends the controller
  plan::Item item; // a discovery controller that is wanted, so that guards and exclusions held
  std::uint32_t max_entries = 4096;
};

struct OneLog {
  event::DiscoveryLog log;
  std::string own_nqn; // as Identify says; empty: it does not
};

struct OneLogWorld {
  base::FileSystem& files;
  fabrics::FabricsPort& port;
  const base::Clock& clock;
  ConnectWriter& writer;
  // Whether somebody answers there; not called where a path cannot be probed.
  std::function<base::Result<void>(const fabrics::ProbeTarget&)> probe;
};

// Probes, connects with the host's write lock as the executor does, reads, disconnects. Where
// another process has the controller connected by now, its log is read and it stays. A controller
// that could not be disconnected is a failure, too.
base::Result<OneLog> read_one_log(const OneLogWorld& world, const OneLogRequest& request);

} // namespace nvmf::execute
