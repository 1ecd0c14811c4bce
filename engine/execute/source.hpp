// One source (a discovery controller, or a subsystem that is wanted by itself) as the executor
// serves it: the hands of its session, its request and its state file.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "execute/endpoint_lock.hpp"
#include "execute/hands.hpp"
#include "execute/host_view.hpp"
#include "execute/name_asker.hpp"
#include "execute/session.hpp"
#include "execute/state.hpp"
#include "fabrics/probe.hpp"
#include "fabrics/secret_source.hpp"
#include "host/hand_over.hpp"
#include "host/request_name.hpp"
#include "systemd/journal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <systemd/sd-event.h>
#include <vector>

namespace nvmf::execute {

class Source;

// Shared by all sources of one executor; all of it outlives them.
struct SourceWorld {
  std::string root; // before every path, for tests; empty: this host
  base::RealFileSystem& files;
  fabrics::SecretSource& secrets;
  const base::Clock& clock;
  systemd::Journal& journal;
  // `until_read`: it does not rest for later events either, and ends when nothing waits.
  plan::DiscoveryStay discovery = plan::DiscoveryStay::as_policy_says;
  sd_event* event = nullptr;
  host::HandOver& hand_over;
  HostView& host;
  Hands& hands;
  NameAsker& names;
  EndpointHolders& holders;
  // Runs what concerns the source, and has it settled afterwards.
  std::function<void(Source&, const std::function<void()>&)> step;
  // No other source has taken its id since.
  std::function<bool(const Source&)> is_current;
  // Asks the kernel for its options; each source that waits for them is told.
  std::function<void()> ask_kernel_options;
};

class Source {
public:
  enum class Standing : std::uint8_t {
    busy,    // something is under way, waits for its time, or for this host
    resting, // done, and there for the next event of a connected discovery controller
    failed,  // this host lacks what the request needs; its request is kept
    ended,   // nothing is left to do
  };

  Source(SourceWorld& world, std::string id);
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  const std::string& id() const { return id_; }
  Standing standing() const { return standing_; }
  // An answer is still to come that refers to it: it must not be destroyed.
  bool awaits_answers() const { return outstanding_ > 0; }
  // Another start may succeed in a moment, where it failed.
  bool failed_for_a_moment() const { return failed_for_a_moment_; }

  // A claimed request is about it. `resumed`: it was claimed before.
  void take(const host::RequestName& name, plan::Plan plan, Session::Claim claim);
  // The file of that name is another request now: it must not go when this one is done.
  void forget_claim(const host::RequestName& name) { claims_.erase(name); }
  // They are served by the generation that begins next.
  void adopt_claims(std::set<host::RequestName> claims) { claims_.merge(claims); }
  // The requests that it has to see to.
  const std::set<host::RequestName>& claims() const { return claims_; }
  // Goes on with what the state of an earlier executor shows as still to be tried, unless a request
  // was taken.
  void resume();
  // Answers SourceWorld::ask_kernel_options.
  void kernel_options_known(const base::Result<decide::KernelOptions>& options);
  bool has_begun() const { return session_->has_begun(); }
  bool waits_for_kernel_options() const { return to_begin_ && asked_for_kernel_options_; }

  void tick(BootTime now);
  void network_changed(BootTime now, const Session::Interfaces& interfaces);
  // News of the network concern it.
  bool follows_network() const;
  // Another policy is in force.
  void policy_changed();
  // No policy is: nothing may be connected.
  void stop_for(const HostView::NoPolicy& problem);
  // Withdraws all; disconnects nothing.
  void cancel(const std::string& why);
  // Withdraws one path (plan::path_key); its session must have begun.
  void withdraw(const std::string& key);
  // Its handling ended with an exception: nothing more is done with it.
  void give_up(const std::string& why);
  // Another source of its id goes on with what the files say.
  void leave() { standing_ = Standing::ended; }
  // It retries nothing any more, for whichever source waits for that.
  void let_go_of_endpoints() { locks_.let_go(); }

  // The end of every step: what the session wishes, the state file, whether anything is left.
  void settle();
  // Writes the state if it is not written yet.
  void save_unsaved();
  std::optional<BootTime> next_time(BootTime now) const;
  const PathCount& path_count() const { return path_count_; }
  // The state that was written last, as `systemctl status` shows it.
  const std::string& summary() const { return summary_; }
  // Gives memory back before a long wait.
  void forget_text() { state_writer_.forget(); }

  // The executor's: when it looks at it next, and how long the request waited after it failed last.
  std::optional<BootTime> due;
  base::Duration pause{};

private:
  struct RunningProbe {
    fabrics::Probe probe;
    sd_event_source* io = nullptr;
    sd_event_source* timer = nullptr;
    fabrics::ProbeTarget target;
    std::set<PathId> paths; // all subsystems behind one portal: one knock is enough
    Source* source = nullptr;
  };
  struct ToBegin {
    plan::Plan plan;
    Session::Claim claim = Session::Claim::fresh;
  };
  // A callback for the hands: runs as a step of this source.
  template <typename T, typename F>
  std::function<void(T)> answer(F then);

  // The request.
  void begin();
  void fail(const std::string& why, bool for_a_moment);
  void keep_request();
  void end_as_failed(State state, const std::string& why);
  bool has_more_to_do() const;
  void note_late_answer();
  bool load_policy(HostView::Look look = HostView::Look::as_known);
  State state() const;
  std::set<std::string> left_behind() const;
  void remember();
  void end();
  void end_without_trace();
  bool may_rest() const;
  bool is_quiet() const;

  // Host names of targets (source_names.cpp).
  using NamesAreKnown = std::function<void(bool changed)>;
  void resolve(std::vector<std::string> names, NamesAreKnown then);
  const std::string& own_name() const;
  std::vector<std::string> names_of_target() const;
  std::vector<std::string> names_to_ask_first(const plan::Plan& plan) const;
  bool hand_over_addresses(const event::Names& before, const event::Names& now,
                           const std::vector<std::string>& names);
  void ask_names_again();

  // Actions (source_actions.cpp).
  void carry_out();
  void act(const action::StartProbe& action);
  void act(const action::StopProbe& action);
  void act(const action::Write& action);
  void act(const action::ReadLog& action);
  void act(const action::Disconnect& action);
  void disconnect(const action::Disconnect& action, int attempts);
  void act(const action::Keep& action);
  void act(const action::Adopt& action);
  void act(const action::Log& action);
  void act(const action::Save& action);
  void act(const action::Finish& action);
  void act(const action::Progress& action);
  void act(const action::BeginAgain& action);
  static int on_probe(sd_event_source*, int, std::uint32_t, void* probe);
  static int on_probe_timeout(sd_event_source*, std::uint64_t, void* probe);
  static void release(RunningProbe& running);
  void end_probe(RunningProbe& running, const base::Result<void>& answer);
  void save();
  BootTime save_due() const;

  SourceWorld& world_;
  std::string id_;
  SourceEndpointLocks locks_;
  Standing standing_ = Standing::busy;
  bool failed_for_a_moment_ = false;
  bool is_cancelled_ = false;
  std::shared_ptr<const policy::Policy> policy_;
  std::optional<State> remembered_; // what an earlier executor wrote
  std::set<host::RequestName> claims_;
  std::optional<ToBegin> to_begin_; // the request, until its session begins
  bool asked_for_kernel_options_ = false;
  bool names_asked_ = false; // for the request that is to begin
  std::optional<Session> session_;
  std::vector<std::unique_ptr<RunningProbe>> probes_;
  std::optional<BootTime> unsaved_since_; // the first change that the state file does not have
  bool finish_when_saved_ = false;        // the request: the state then has its result
  StateWriter state_writer_;
  BootTime saved_at_{};
  base::Duration save_took_{};
  Phase saved_phase_ = Phase::running;
  PathCount path_count_;
  std::string summary_;
  unsigned outstanding_ = 0; // answers of hands and names
  bool resolving_ = false;
  BootTime resolved_at_{};
  std::optional<BootTime> rest_until_; // when it is looked whether there is still a reason to rest
};

template <typename T, typename F>
std::function<void(T)> Source::answer(F then) {
  ++outstanding_;
  return [this, then = std::move(then)](const T& value) {
    world_.step(*this, [&] {
      --outstanding_;
      bool const is_at_work = standing_ == Standing::busy || standing_ == Standing::resting;
      if (is_at_work || is_cancelled_)
        then(value);
      if (is_cancelled_)
        note_late_answer();
    });
  };
}

} // namespace nvmf::execute
