// Reads the log of a connected discovery controller. Runs on a reader thread: it blocks as long as
// the controller takes to answer.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "event/log_entry.hpp"
#include "fabrics/fabrics_port.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <string>

namespace nvmf::execute {

struct LogRequest {
  plan::Item item;    // the discovery controller
  std::string device; // connected as
  std::uint32_t max_entries = 4096;
  // `unique_first`: when the controller's own NQN is not the well-known one that it was connected
  // with, its log is not read; the outcome has the NQN to connect it by.
  enum class Nqn : std::uint8_t { as_it_is, unique_first } nqn = Nqn::as_it_is;
  std::string id = {}; // of the hand-over whose request it is
};

struct LogOutcome {
  enum class Kind : std::uint8_t {
    read,
    reconnect_as, // `own_nqn`
    gone,         // the device is not there any more, or is another controller now
    failed,       // it is there, and its log could not be read: `error`
  };
  Kind kind = Kind::failed;
  event::DiscoveryLog log;
  std::string own_nqn; // as Identify says; empty if it did not say anything usable
  base::Error error;   // code fabrics::log_unstable_code: the log changed during every read
};

class LogReader {
public:
  LogReader(const base::FileSystem& files, fabrics::FabricsPort& port, const base::Clock& clock)
      : files_(&files), port_(&port), clock_(&clock) {}

  LogOutcome read(const LogRequest& request) const;

private:
  const base::FileSystem* files_;
  fabrics::FabricsPort* port_;
  const base::Clock* clock_;
};

// The device is still the discovery controller of the item: transport and address agree.
bool is_discovery_controller_of(const plan::Tid& tid, const decide::Controller& controller);

} // namespace nvmf::execute
