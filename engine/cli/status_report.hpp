// The state of things: policy in force, what each executor is doing, what is connected against what
// should be.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/glob.hpp"
#include "cli/terminal.hpp"
#include "decide/facts.hpp"
#include "execute/state.hpp"
#include "host/neighbours.hpp"
#include "load/last_good.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// Paths of one subsystem over all sources.
struct SubsystemPaths {
  std::string nqn;
  std::size_t live = 0;
  std::size_t wanted = 0;                // paths that some source lists
  std::optional<std::uint32_t> expected; // `expect-paths`, the largest of its rules

  bool degraded() const { return live < wanted || (expected && live < *expected); }
};

// Where a connected controller hangs in the host.
struct Wiring {
  std::string interface;               // empty: not known, or none (Fibre Channel, loop)
  std::string source;                  // the host's address or port; empty: not known
  std::vector<std::string> namespaces; // `/dev/nvme3n1`
  std::string options;                 // `nr-io-queues: 8, keep-alive-tmo: 5s`, as sysfs shows them
};

struct StatusReport {
  std::string policy_digest; // in force; empty: none
  std::size_t policy_files = 0;
  // When the youngest of its files was written; none where the last good one is in force.
  std::optional<std::chrono::system_clock::time_point> policy_changed;
  // When it was stored; none: it is the files as they are.
  std::optional<std::chrono::system_clock::time_point> last_good_stored;
  std::string policy_problem; // why it is not the files as they are; empty: it is
  bool in_charge = false;
  std::vector<execute::State> states;
  std::vector<std::string> waiting; // ids of requests that no executor has claimed
  std::vector<std::string> failed;  // ids of requests that were given up
  std::vector<std::string> damaged; // what is wrong with state files that cannot be used
  std::vector<SubsystemPaths> subsystems;
  std::map<std::string, Wiring> wiring; // of each connected controller, by device
  // Disconnected by hand: all of them, and those of which no state has the path.
  std::vector<event::Event> all_kept_away;
  std::vector<event::Event> kept_away;
  // Connected by us, and no source lists it any more.
  std::vector<decide::Controller> unlisted;
  std::vector<std::string> orchestrators; // units of others that connect, too
  std::vector<host::ForeignConnect> foreign_connects;
  base::Duration now{}; // since boot

  // Paths are missing, a service failed, a discovery controller is not reached, a state file cannot
  // be used, or the policy in force is not the files as they are.
  bool degraded() const;
};

// Looks at /run/nvmf, the policy and sysfs. `interfaces` are those that own the host's addresses;
// empty: unknown. Fails where the states or the requests may not be read: nothing can be said then.
base::Result<StatusReport> gather_status(base::FileSystem& files, const base::Clock& clock,
                                         const std::vector<decide::Interface>& interfaces = {});

// The part about the subsystems that `glob` matches; a discovery controller that is not reached
// hides its entries, and stays.
void keep_only(StatusReport& report, const base::Glob& glob);

struct StatusView {
  Screen screen;
  bool verbose = false; // full NQNs, rules and options
};
std::string status_text(const StatusReport& report, const StatusView& view);

enum class JsonForm : std::uint8_t { pretty, line };
std::string status_json(const StatusReport& report, JsonForm form = JsonForm::pretty);

} // namespace nvmf::cli
