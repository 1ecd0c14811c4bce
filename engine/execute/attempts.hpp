// Trying to connect: probe first, then the kernel, one write at a time, and again by schedule.
//
//   start → probing → answered → connecting (waits for the writer) → live
//                  └ silent, refused ─┬─ waiting for its next try
//                                     ├─ pending: something of this host is missing
//                                     └─ given up
//
// Order of the writes: paths whose probe was answered, in the order of the answers, but those first
// at whose address a connect was answered before: a target may answer the probe and not answer
// when it is asked to connect. Then those that cannot be probed (rdma, fc, `probe: false`); then
// those that were found to accept without answering.
#pragma once

#include "execute/action.hpp"
#include "execute/endpoint_lock.hpp"
#include "execute/messages.hpp"
#include "execute/path.hpp"
#include "policy/policy.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace nvmf::execute {

// How often the place of a secret that failed is looked at: a file, a credential or a key.
inline constexpr base::Duration secret_look_interval = std::chrono::seconds(30);
// Until a path is tried again that failed for want of room, descriptors or memory.
inline constexpr base::Duration local_delay = std::chrono::seconds(3);

class Attempts {
public:
  struct Needs {
    PathTable& paths;
    Actions& actions;
    EndpointLocks& locks;
    MessageContext& context;
    std::function<double()> random; // in [0, 1), for jitter
    // Asked before each write: a guard denies the way that routing chooses now. It is not tried.
    std::function<bool(const Path&)> is_denied;
  };
  explicit Attempts(Needs needs) : needs_(std::move(needs)) {}

  void use(const policy::Limits& limits) { limits_ = limits; }

  // Begins a try now, unless one is under way or the path is live.
  void start(Path& path, BootTime now);
  // Asks the kernel without a probe, as a part of the try that is under way.
  void write_without_probe(Path& path);
  // The path is not wanted any more: whatever waits or is being probed ends. A write under way is
  // let go on; its answer finds no path.
  void drop(Path& path);
  // It is not tried any more until something begins it afresh. A write under way is let go on, and
  // what it connects is there.
  void withdraw(Path& path);
  // Forgets earlier tries.
  static void start_afresh(Path& path);

  void probe_done(Path& path, const base::Result<void>& answer, BootTime now);
  void write_done(Path& path, const WriteOutcome& outcome, BootTime now);
  // The path could not be used, for a reason that is not a connect's.
  void fail(Path& path, fabrics::ErrorClass error_class, std::string reason, BootTime now);
  // It is connected, as `device` (of that incarnation; 0: unknown).
  void found_live(Path& path, const std::string& device, std::uint64_t incarnation,
                  const std::string& reason);

  // One journal line for each change of a path.
  void log_path(Path& path);

  // The writer has answered, for whichever path.
  void writer_is_free() { writing_.reset(); }
  bool writing() const { return writing_.has_value(); }
  bool is_being_written(const Path& path) const { return writing_ == path.id; }
  // Starts probes that waited for a place, and gives the writer its next path, if it is free and
  // one may go.
  void pump(BootTime now);
  // When `pump` must be called again although nothing happened.
  std::optional<BootTime> next_pump(BootTime now) const;
  void stop() { stopped_ = true; }

private:
  void start_probe(Path& path, BootTime now);
  void start_waiting_probes(BootTime now);
  void await_network(Path& path, BootTime now);
  void suspect_portal(const Path& silent);
  void try_soon(Path& path, BootTime now);
  void schedule(Path& path, base::Duration delay, BootTime now);
  void give_up(Path& path);
  std::optional<BootTime> youngest_probe() const;
  void forget_ended_probes() const;
  bool is_in_flight(PathId id) const;
  Path* next_path(BootTime now);
  Path* take_from(std::deque<PathId>& queue);
  Path* take_answered();
  std::size_t probes_in_flight() const;

  Needs needs_;
  policy::Limits limits_;
  std::deque<PathId> answered_;
  std::deque<PathId> unprobed_;
  std::deque<PathId> suspects_;
  std::deque<PathId> to_probe_;     // above the limit of probes in flight
  mutable std::set<PathId> probed_; // in flight, and some that ended since they were counted
  std::set<std::string> proven_;    // addresses at which this host has a controller
  std::optional<PathId> writing_;
  bool stopped_ = false;
};

} // namespace nvmf::execute
