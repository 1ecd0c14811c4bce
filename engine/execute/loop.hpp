// The executor's one event loop (sd-event): it carries out the session's actions and reports events
// to it. Two threads beside it do all that blocks: one writes to the kernel, others read logs.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "event/from_target.hpp"
#include "execute/connect_writer.hpp"
#include "execute/endpoint_lock.hpp"
#include "execute/file_lock.hpp"
#include "execute/log_reader.hpp"
#include "execute/session.hpp"
#include "execute/worker.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/probe.hpp"
#include "fabrics/secret_source.hpp"
#include "host/hand_over.hpp"
#include "host/interfaces.hpp"
#include "policy/policy.hpp"
#include "systemd/journal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <systemd/sd-event.h>
#include <vector>

namespace nvmf::execute {

// As CLI.md says.
enum class ExitCode : int {
  done = 0,
  usage = 2,
  failed = 4, // output that could not be written, or no memory
  no_device = 69,
  again = 75,
  not_permitted = 77,
  invalid = 78
};

class Loop {
public:
  struct World {
    std::string id;
    std::string root; // before every path, for tests; empty: this host
    base::RealFileSystem& files;
    fabrics::FabricsPort& port;
    fabrics::SecretSource& secrets;
    const base::Clock& clock;
    systemd::Journal& journal;
    std::optional<std::string> credentials_directory;
    // `until_read`: it does not rest for later events either, and ends when nothing waits.
    plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
  };
  explicit Loop(World world);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Until nothing is left to do, or a signal.
  ExitCode run();

private:
  struct RunningProbe {
    fabrics::Probe probe;
    sd_event_source* io = nullptr;
    sd_event_source* timer = nullptr;
    fabrics::ProbeTarget target;
    std::set<PathId> paths; // all subsystems behind one portal: one knock is enough
    Loop* loop = nullptr;
  };
  struct ToBegin {
    plan::Plan plan;
    Session::Claim claim = Session::Claim::fresh;
  };
  // The request.
  base::Result<void> watch_requests();
  void watch_policy();
  void claim_first();
  void claim_again();
  void begin(plan::Plan plan, Session::Claim claim);
  void fail(const std::string& why, ExitCode code);
  // Host names of targets (loop_names.cpp).
  using NamesAreKnown = std::function<void(bool changed)>;
  void resolve(std::vector<std::string> names, NamesAreKnown then);
  const std::string& own_name() const;
  std::vector<std::string> names_of_target() const;
  bool must_ask_names_first(const plan::Plan& plan);
  void hand_over_addresses(const event::Names& before, const event::Names& now,
                           const std::vector<std::string>& names);
  void end_without_trace();
  void ask_names_again();
  void find_kernel_options();
  State state() const;
  std::set<std::string> left_behind() const;

  // The world as it is now.
  bool load_policy();
  void policy_may_have_changed();
  Session::World look();
  decide::Facts facts();

  // The loop's sources.
  void add_sources();
  void after_each();
  void end();
  bool may_rest() const;
  void serve();
  ExitCode broken(const std::string& what, int error);
  void remember();
  static int on_requests(sd_event_source*, int, std::uint32_t, void* self);
  static int on_policy(sd_event_source*, int, std::uint32_t, void* self);
  static int on_network(sd_event_source*, int, std::uint32_t, void* self);
  static int on_worker(sd_event_source*, int, std::uint32_t, void* self);
  static int on_hangup(sd_event_source*, const signalfd_siginfo*, void* self);
  static int on_signal(sd_event_source*, const signalfd_siginfo*, void* self);
  static int on_tick(sd_event_source*, std::uint64_t, void* self);
  static int on_probe(sd_event_source*, int, std::uint32_t, void* probe);
  static int on_probe_timeout(sd_event_source*, std::uint64_t, void* probe);

  // Actions.
  void carry_out();
  void act(const action::StartProbe& action);
  void act(const action::StopProbe& action);
  void act(const action::Write& action);
  void act(const action::ReadLog& action);
  void act(const action::Disconnect& action);
  void act(const action::Keep& action);
  void act(const action::Adopt& action);
  void act(const action::Log& action);
  void act(const action::Save& action);
  void act(const action::Finish& action);
  void act(const action::Progress& action);
  void act(const action::BeginAgain& action);
  static void release(RunningProbe& running);
  void end_probe(RunningProbe& running, const base::Result<void>& answer);
  void save();
  BootTime save_due();
  void save_as_cancelled(const std::string& why);
  void arm_timer();
  void release_memory_before_long_wait(const std::optional<BootTime>& next, BootTime now);
  void stop(const std::string& why);

  World world_;
  host::HandOver hand_over_;
  FileEndpointLocks locks_;
  ConnectWriter connect_writer_;
  LogReader log_reader_;
  std::shared_ptr<const policy::Policy> policy_;
  std::string reported_problem_; // with the policy, in the journal already
  std::optional<decide::KernelOptions> kernel_options_;
  std::optional<std::vector<decide::Interface>> interfaces_; // as they were read last
  std::optional<State> remembered_; // what an earlier executor of this id wrote
  bool claim_unread_ = false;       // one was claimed, and there was no room to read it
  std::optional<ToBegin> to_begin_; // the request, until the kernel has told its options
  std::optional<Session> session_;
  std::optional<host::NetworkWatch> network_;
  base::Fd inotify_;        // on plans/
  base::Fd policy_inotify_; // on the directories of the policy
  sd_event* event_ = nullptr;
  sd_event_source* timer_ = nullptr;
  std::vector<std::unique_ptr<RunningProbe>> probes_;
  std::optional<BootTime> unsaved_since_; // the first change that the state file does not have
  bool finish_when_saved_ = false;        // the request: the state then has its result
  StateWriter state_writer_;
  BootTime saved_at_{};
  base::Duration save_took_{};
  Phase saved_phase_ = Phase::running;
  bool memory_released_ = false;            // memory was given back, and nothing happened since
  std::optional<BootTime> network_changed_; // reported to the session a moment later, once
  std::optional<BootTime> policy_changed_;  // likewise
  std::optional<FileLock> serving_;         // planners see that this executor watches plans/
  // Done, and there for the next event of a connected discovery controller; until it looks again.
  std::optional<BootTime> rest_until_;
  std::optional<BootTime> stop_by_;
  std::optional<ExitCode> exit_;
  bool names_asked_ = false; // for the request that is to begin
  bool resolving_ = false;
  BootTime resolved_at_{};
  Worker writer_;
  Worker readers_;
  Worker resolver_;
};

} // namespace nvmf::execute
