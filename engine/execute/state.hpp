// An executor's knowledge of its paths, as a value and as /run/nvmf/state/<id>.json: shown by
// `status`, asked by the sweep, and the source from which open retries are rebuilt after a crash.
//
// The file (0600, replaced in one step on every change):
//
//   { "format_version": 1, "id": "5f0c…",
//     "phase": "running",              running | done | cancelled | failed
//     "why": "",                       of cancelled and failed, for people
//     "updated": "2026-01-02T03:04:05Z",
//     "plan": {…},                     as in a request file: event, policy, all items of the last
//                                      reading, with their outcomes and reasons
//     "logs": [ {"tid": {…}, "device": "nvme0", "incarnation": 51234, "genctr": 4, "entries": 17,
//                "truncated": false, "read": "…Z", "read_boot_ms": 81234, "records": […]} ],
//     "paths": [ {"item": 3, "subject": "io-subsystem", "tid": {…}, "rule": "prod-volumes",
//                 "expect_paths": 4, "state": "waiting", "device": "nvme5",
//                 "incarnation": 51300, "tries": 2,
//                 "first_try": "…Z", "first_try_boot_ms": 81000,
//                 "next_try": "…Z", "next_try_boot_ms": 85000,
//                 "error_class": "refused", "lane": "fast", "reason": "Connection refused"} ] }
//
// `paths` has one element per thing that is to be connected (I/O subsystems and discovery
// controllers); `item` is its index in plan.items, null for one that the last reading did not
// reach. Times that are not known are null; `…_boot_ms` counts from boot, suspend included.
// `"follows_network": true` is added where another interface or route may bring another path.
// `records` are the entries of the log, so that a restarted executor knows them before it can read
// the log again.
#pragma once

#include "base/clock.hpp"
#include "base/duration.hpp"
#include "base/file_system.hpp"
#include "base/result.hpp"
#include "event/log_entry.hpp"
#include "fabrics/error_class.hpp"
#include "plan/plan.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::execute {

enum class PathState : std::uint8_t {
  pending,    // something on this host is missing; `reason` says what
  probing,    // a handshake is under way
  connecting, // waits for the writer, or is being written
  live,       // connected, by us or by somebody else
  waiting,    // for its next try
  given_up,   // not tried any more before something changes; `reason` says why
};
inline constexpr std::array all_path_states{PathState::pending,    PathState::probing,
                                            PathState::connecting, PathState::live,
                                            PathState::waiting,    PathState::given_up};
std::string_view to_string(PathState state); // `given-up`
std::optional<PathState> parse_path_state(std::string_view text);

enum class Phase : std::uint8_t { running, done, cancelled, failed };
std::string_view to_string(Phase phase);
std::optional<Phase> parse_phase(std::string_view text);

// Since boot (CLOCK_BOOTTIME).
using BootTime = base::Duration;

struct PathRecord {
  std::optional<std::size_t> item; // in plan.items
  base::Subject subject = base::Subject::io_subsystem;
  plan::Tid tid;
  std::string rule; // that wants it
  std::optional<std::uint32_t> expect_paths;
  PathState state = PathState::pending;
  std::string device; // live as; empty: not connected
  // Of the controller that was live as `device` (host::incarnation_of); 0: unknown.
  std::uint64_t incarnation = 0;
  std::uint32_t tries = 0;
  std::optional<BootTime> first_try;
  std::optional<BootTime> next_try;
  std::optional<fabrics::ErrorClass> error_class; // of the last try that failed
  bool slow_lane = false;                         // what would be tried again fast is not
  bool was_unavailable = false; // to the firmware, whose table names it: nobody counts on it
  std::string reason;

  bool operator==(const PathRecord&) const = default;
};

struct LogRecord {
  plan::Tid tid; // of the discovery controller
  std::string device;
  std::uint64_t incarnation = 0;
  event::DiscoveryLog log;
  BootTime read{};

  bool operator==(const LogRecord&) const = default;
};

struct State {
  std::string id;
  Phase phase = Phase::running;
  std::string why;
  plan::Plan plan; // its items are read back only where they are asked for
  std::vector<LogRecord> logs;
  std::vector<PathRecord> paths;
  // Another interface or route of this host may bring a path that there is not now.
  bool follows_network = false;
};

// The part of plan.items that is read. An executor decides them anew; they are shown to people.
enum class Items : std::uint8_t {
  left_out,
  told, // as items_json.hpp says
};

// Text from a file that may be damaged: an error names what is wrong.
base::Result<State> state_from_json(std::string_view text, Items items = Items::left_out);

// nullopt: there is none.
base::Result<std::optional<State>> read_state(const base::FileSystem& files, const std::string& id,
                                              Items items = Items::left_out);
// The same, and nullopt as well where its text has no such device: to parse a long state takes its
// time.
base::Result<std::optional<State>>
read_state_naming(const base::FileSystem& files, const std::string& id, const std::string& device);
base::Result<void> write_state(base::FileSystem& files, const State& state,
                               const base::Clock& clock);

// Writes the states of one executor, one after another. The plan is the most of a state and seldom
// another than before: its text is kept.
class StateWriter {
public:
  StateWriter(base::FileSystem& files, const base::Clock& clock) : files_(files), clock_(clock) {}

  base::Result<void> write(const State& state);
  // Gives the memory back; the next state is written out whole.
  void forget() { last_.reset(); }

private:
  struct Written {
    plan::Plan plan;
    std::string text;
  };

  base::FileSystem& files_;
  const base::Clock& clock_;
  std::optional<Written> last_;
};

// Something of it is still to be tried, a discovery controller that is not kept to be asked again,
// or the network to be followed. One that ended by itself has left another phase.
bool is_open(const State& state);

// How many I/O paths there are and how many of them are live: `paths n of m`.
struct PathCount {
  std::size_t live = 0;
  std::size_t all = 0;
  bool operator==(const PathCount&) const = default;
};
PathCount count_paths(const State& state);

// One line for `systemctl status`: `paths 3 of 5, next try in 4s; log of nvme0 read, 17 entries`.
std::string summary_line(const State& state, BootTime now);

} // namespace nvmf::execute
