// The fabrics executor: one process for the host, with a session for each source. One event loop
// (sd-event); its hands do all that may block in the kernel, and threads ask the name servers.
//
// It takes each request out of /run/nvmf/plans, goes on with what an earlier executor left, rests
// while any discovery controller stays connected or anything waits for its time, and ends when
// nothing is left. A signal withdraws nothing: whatever is still to be tried is in files.
#pragma once

#include "execute/command.hpp"
#include "execute/crash_mark.hpp"
#include "execute/file_lock.hpp"
#include "execute/source.hpp"
#include "host/interfaces.hpp"
#include "host/request_name.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nvmf::execute {

// As CLI.md says.
enum class ExitCode : std::uint8_t {
  done = 0,   // nothing is left, or it was told to end
  usage = 2,  //
  failed = 4, // output that could not be written
  again = 75, // to be started anew: another program or device node is in its place, no descriptors
};

class Executor {
public:
  struct World {
    std::string root; // before every path, for tests; empty: this host
    base::RealFileSystem& files;
    Hands& hands;
    fabrics::SecretSource& secrets;
    const base::Clock& clock;
    systemd::Journal& journal;
    std::optional<std::string> credentials_directory;
    plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
  };
  explicit Executor(World world);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Until nothing is left to do, or a signal. Ends at once where another executor runs.
  ExitCode run();

private:
  // Lacks something of this host.
  struct Paused {
    BootTime retry{};
    base::Duration delay{};
    std::set<host::RequestName> claims;
  };

  // Requests (executor_requests.cpp).
  void watch_files();
  bool watch(const std::string& directory, std::uint32_t events, int& number);
  void claim_waiting();
  void claim(const std::string& name);
  void take(const host::RequestName& name, Session::Claim claim);
  void read_unread();
  void go_on(const std::string& id, const std::set<host::RequestName>& claims);
  void set_aside_foreign();
  void take_command(const std::string& name);
  void cancel_all();
  void cancel_each(const std::vector<Command::Path>& paths);
  void go_on_with_earlier_work();
  bool is_taken(const host::RequestName& name) const;
  void blame(const std::string& id);

  // Sources.
  Source& source(const std::string& id);
  void step(Source& source, const std::function<void()>& what);
  void for_each(const std::function<bool(const Source&)>& chosen,
                const std::function<void(Source&)>& what);
  void settle_touched();
  void settle_or_give_up(Source& source);
  void retire(Source& source);
  void look_at_time_of(Source& source);
  enum class Retry : std::uint8_t { those_due, all };
  void retry_paused(Retry which);
  void ask_kernel_options();
  void policy_may_have_changed();
  void note_policy_change();
  void remove_what_is_obsolete();

  // The loop.
  bool take_lock();
  bool is_asked_for() const;
  void add_event_sources();
  void end_if_nothing_is_left();
  bool has_device_come() const;
  void tick(BootTime now);
  void arm_timer();
  std::optional<BootTime> next_time(BootTime now) const;
  void follow_system_storage();
  void give_memory_back(const std::optional<BootTime>& next, BootTime now);
  void tell_status();
  void stop();
  ExitCode broken(const std::string& what, int error);
  static int on_files(sd_event_source*, int, std::uint32_t, void* self);
  static int on_network(sd_event_source*, int, std::uint32_t, void* self);
  static int on_hands(sd_event_source*, int, std::uint32_t, void* self);
  static int on_names(sd_event_source*, int, std::uint32_t, void* self);
  static int on_hangup(sd_event_source*, const signalfd_siginfo*, void* self);
  static int on_signal(sd_event_source*, const signalfd_siginfo*, void* self);
  static int on_tick(sd_event_source*, std::uint64_t, void* self);

  World world_;
  host::HandOver hand_over_;
  HostView host_;
  NameAsker names_;
  EndpointHolders holders_;
  std::optional<CrashMark> crash_mark_;
  std::optional<FileLock> lock_; // planners see that this executor watches plans/
  SourceWorld shared_;

  std::map<std::string, std::unique_ptr<Source>> sources_; // by id
  std::vector<std::unique_ptr<Source>> retired_;           // until their answers have come
  std::map<std::string, Paused> paused_;                   // by id
  std::map<host::RequestName, Session::Claim> unread_;     // there was no room to read them
  std::set<Source*> touched_;                              // since they were settled last
  std::set<std::pair<BootTime, Source*>> due_;
  bool asking_kernel_options_ = false;
  bool had_device_ = false; // when it started

  sd_event* event_ = nullptr;
  sd_event_source* timer_ = nullptr;
  base::Fd inotify_;
  int plans_watch_ = -1;
  bool list_plans_ = false; // news were lost, or there is no watch
  std::optional<host::NetworkWatch> network_;
  std::optional<BootTime> network_changed_; // reported to the sessions a moment later, once
  std::optional<BootTime> policy_changed_;  // likewise
  std::string policy_digest_;               // that the sources know of
  std::optional<BootTime> stop_by_;
  std::optional<BootTime> program_look_;
  BootTime obsolete_look_{}; // when files that nobody needs are looked for
  std::string told_status_;
  std::optional<bool> keeps_memory_; // this host's own system lies on what is connected
  bool memory_released_ = false;     // memory was given back, and nothing happened since
  std::optional<ExitCode> exit_;
};

} // namespace nvmf::execute
