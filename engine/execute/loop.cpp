#include "execute/loop.hpp"

#include "base/local_trouble.hpp"
#include "execute/messages.hpp"
#include "execute/resident_memory.hpp"
#include "fabrics/option_string.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/gather.hpp"
#include "host/kept_away.hpp"
#include "host/route.hpp"
#include "host/run_paths.hpp"
#include "load/load.hpp"
#include "systemd/notify.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <random>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>

namespace nvmf::execute {

namespace {

// rtnetlink reports one change in many messages.
constexpr base::Duration network_settles(200);
// An editor writes a file in several steps, a package several files.
constexpr base::Duration policy_settles = std::chrono::seconds(1);
// A stop is promised within five seconds and systemd's patience is three: what cannot be ended by
// then sits in the kernel and ends there.
constexpr base::Duration stop_patience(2500);
constexpr base::Duration stop_look(100);
// Between two looks whether the journal takes lines again.
constexpr base::Duration journal_look(250);
// Without inotify (instances are few) new requests are looked for.
constexpr base::Duration request_look = std::chrono::seconds(1);
// A wait after which it does not matter that code comes from the page cache again.
constexpr base::Duration long_enough = std::chrono::seconds(5);
// How often a service that rests looks whether its discovery controllers are still there.
constexpr base::Duration rest_look = std::chrono::minutes(1);
// Discovery controllers read at a time: an unresponsive one holds its reader for a minute.
constexpr std::size_t reader_threads = 4;

// Of the file that this process runs; an upgrade puts another in its place.
bool program_is_on_disk() {
  struct stat running {};
  struct stat on_disk {};
  std::error_code error;
  auto const path = std::filesystem::read_symlink("/proc/self/exe", error);
  return !error && ::stat("/proc/self/exe", &running) == 0 && ::stat(path.c_str(), &on_disk) == 0 &&
         running.st_ino == on_disk.st_ino && running.st_dev == on_disk.st_dev;
}

double random_share() {
  static thread_local std::mt19937 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

Loop& loop_of(void* self) { return *static_cast<Loop*>(self); }

std::optional<std::vector<decide::Interface>> present_interfaces() {
  auto found = host::read_interfaces();
  return found ? std::optional(std::move(*found)) : std::nullopt;
}

} // namespace

Loop::Loop(World world)
    : world_(std::move(world)), hand_over_(world_.files), locks_(world_.root, world_.id),
      connect_writer_({.files = world_.files,
                       .port = world_.port,
                       .secrets = world_.secrets,
                       .clock = world_.clock,
                       .root = world_.root,
                       .interfaces = present_interfaces}),
      log_reader_(world_.files, world_.port, world_.clock),
      state_writer_(world_.files, world_.clock), writer_(1), readers_(reader_threads),
      resolver_(1) {}

Loop::~Loop() {
  for (auto const& probe : probes_) {
    sd_event_source_unref(probe->io);
    sd_event_source_unref(probe->timer);
  }
  sd_event_source_unref(timer_);
  sd_event_unref(event_);
}

// Another start goes on where this one ended.
ExitCode Loop::broken(const std::string& what, int error) {
  auto const failure = base::errno_failure(what, -error);
  world_.journal.write(request_failed({.id = world_.id}, failure.value().message));
  return ExitCode::again;
}

std::set<std::string> Loop::left_behind() const {
  auto const devices = host::transient_controllers(world_.files, world_.id);
  return {devices.begin(), devices.end()};
}

// A state that cannot be read (a later version wrote it, it is damaged) is kept beside the new state:
// nothing is known of it, and it may be wanted again.
void Loop::remember() {
  auto found = read_state(world_.files, world_.id);
  if (found) {
    remembered_ = std::move(*found);
    return;
  }
  const std::string path = host::state_path(world_.id);
  const std::string aside = path + ".unusable";
  auto kept = world_.files.rename(path, aside);
  world_.journal.write(
      state_set_aside({.id = world_.id}, found.error().message, kept ? aside : path));
}

ExitCode Loop::run() {
  if (int const error = sd_event_new(&event_); error < 0)
    return broken("cannot make an event loop", error);
  if (auto prepared = hand_over_.prepare(); !prepared) {
    fail("cannot prepare /run/nvmf: " + prepared.error().message,
         base::is_local_trouble(prepared.error().code) ? ExitCode::again : ExitCode::not_permitted);
    return *exit_;
  }
  remember();
  session_.emplace(Session::Setup{
      .id = world_.id,
      .locks = &locks_,
      .random = random_share,
      .fingerprint =
          [this](const plan::Item& item) {
            return fabrics::secret_fingerprint(item, world_.secrets);
          },
      .remembered = remembered_,
      .left_behind = left_behind(),
      .keeping =
          [this](const plan::Item& item, const std::string& digest, BootTime now) {
            return host::KeptAway(world_.files).look(item, digest, now);
          },
      .routing = world_.root.empty() ? plan::AskRouting(host::routed_side) : nullptr,
      .discovery = world_.discovery});
  (void)watch_requests();
  add_sources();
  // The leftovers of a killed writer are settled before this process writes anything.
  if (auto left = world_.files.list(std::string(intents_directory)); left && !left->empty())
    writer_.post([this]() -> Worker::Completion {
      connect_writer_.adopt();
      return [] {};
    });
  claim_first();
  if (!exit_)
    serve();
  systemd::notify_ready();
  after_each();
  while (!exit_) {
    if (int const error = sd_event_run(event_, UINT64_MAX); error < 0)
      return broken("the event loop failed", error);
    after_each();
  }
  return *exit_;
}

// The end of every wake-up: the session's wishes, the state file, the next time.
void Loop::after_each() {
  if (exit_)
    return;
  carry_out();
  if (exit_)
    return;
  BootTime const now = world_.clock.since_boot();
  bool const quiet = session_->idle() && !writer_.busy() && !readers_.busy() && !resolving_;
  if (!stop_by_ && quiet)
    claim_again();
  rest_until_.reset();
  if (session_->has_begun() && unsaved_since_ && (quiet || stop_by_ || now >= save_due()))
    save();
  if (stop_by_ && (!writer_.busy() || now >= *stop_by_))
    exit_ = ExitCode::done;
  else if (!stop_by_ && quiet && session_->idle() && !exit_)
    end();
  arm_timer();
}

// Nothing is left to do. A state that says `running` would be taken up again.
void Loop::end() {
  if (session_->has_begun() && saved_phase_ == Phase::running)
    save();
  // The sweep that a change of the policy brings has passed over what was still asked for.
  if (policy_changed_ || claim_unread_)
    return;
  if (session_->has_begun() && !session_->is_wanted())
    return end_without_trace();
  if (session_->polls() && !program_is_on_disk()) {
    // The new one waits for the time to ask again in its place.
    exit_ = ExitCode::again;
    return;
  }
  if (may_rest()) {
    rest_until_ = world_.clock.since_boot() + rest_look;
    // Nothing waits for it.
    if (!session_->follows_network())
      network_changed_.reset();
    return;
  }
  // A planner that saw the lock held has started nobody.
  serving_.reset();
  claim_again();
  if (session_->idle() && !to_begin_ && !claim_unread_ && !resolving_ && !writer_.busy() &&
      !readers_.busy())
    exit_ = ExitCode::done;
  else
    serve();
}

// From here on planners leave requests of this id without asking systemd for a service. A planner
// that gets no lock only asks once more.
void Loop::serve() {
  if (!inotify_)
    return;
  auto lock = FileLock::attempt(world_.root + host::service_lock_path(world_.id));
  if (lock && *lock)
    serving_.emplace(std::move(**lock));
}

// The next event of a discovery controller that stays connected then finds its service running:
// to start one, confined as it is, takes longer than several connects. A program that was replaced
// on disk leaves the next event to the new one.
bool Loop::may_rest() const {
  if (!session_->has_begun() || !inotify_ || world_.discovery == plan::DiscoveryStay::until_read)
    return false;
  if (session_->polls() || session_->awaits_route())
    return true;
  auto const kept = session_->connected_discovery_controllers();
  return program_is_on_disk() && std::any_of(kept.begin(), kept.end(), [this](auto const& one) {
           return host::incarnation_of(world_.files, one.device) == one.incarnation;
         });
}

void Loop::arm_timer() {
  BootTime const now = world_.clock.since_boot();
  std::optional<BootTime> next = session_->next_time(now);
  auto const consider = [&](BootTime time) { next = std::min(next.value_or(time), time); };
  if (unsaved_since_)
    consider(save_due());
  if (network_changed_)
    consider(*network_changed_ + network_settles);
  if (policy_changed_)
    consider(*policy_changed_ + policy_settles);
  if (stop_by_)
    consider(now + stop_look);
  if (rest_until_)
    consider(*rest_until_);
  if (!inotify_ || claim_unread_)
    consider(now + request_look);
  if (world_.journal.write_waiting())
    consider(now + journal_look);
  release_memory_before_long_wait(next, now);
  if (!next) {
    sd_event_source_set_enabled(timer_, SD_EVENT_OFF);
    return;
  }
  auto const micros =
      std::chrono::duration_cast<std::chrono::microseconds>(std::max(*next, base::Duration(0)));
  sd_event_source_set_time(timer_, static_cast<std::uint64_t>(micros.count()));
  sd_event_source_set_enabled(timer_, SD_EVENT_ONESHOT);
}

void Loop::release_memory_before_long_wait(const std::optional<BootTime>& next, BootTime now) {
  bool const long_wait = (!next || *next - now >= long_enough) && probes_.empty();
  if (long_wait && (!memory_released_ || rest_until_) && !writer_.busy() && !readers_.busy()) {
    state_writer_.forget();
    give_back_memory();
  }
  memory_released_ = long_wait;
}

int Loop::on_tick(sd_event_source*, std::uint64_t, void* self) {
  Loop& loop = loop_of(self);
  BootTime const now = loop.world_.clock.since_boot();
  if (loop.stop_by_)
    loop.writer_.interrupt();
  if (loop.network_changed_ && now >= *loop.network_changed_ + network_settles) {
    loop.network_changed_.reset();
    loop.session_->network_changed(now, present_interfaces());
  }
  if (loop.policy_changed_ && now >= *loop.policy_changed_ + policy_settles) {
    loop.policy_changed_.reset();
    loop.policy_may_have_changed();
  }
  if (!loop.inotify_ || loop.claim_unread_)
    loop.claim_again();
  loop.session_->tick(now);
  return 0;
}

base::Result<void> Loop::watch_requests() {
  inotify_ = base::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  std::string const directory = world_.root + std::string(host::plans_directory);
  if (inotify_ &&
      ::inotify_add_watch(inotify_.get(), directory.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) >= 0)
    return {};
  int const code = errno;
  inotify_ = base::Fd();
  return base::errno_failure(directory, code);
}

// Directories that are not there are looked at again by the sweep, which plans anew after a change.
void Loop::watch_policy() {
  policy_inotify_ = base::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!policy_inotify_)
    return;
  auto const watch = [this](const std::string& directory) {
    ::inotify_add_watch(policy_inotify_.get(), (world_.root + directory).c_str(),
                        IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE);
  };
  std::string const main(load::main_path);
  watch(main.substr(0, main.rfind('/')));
  for (const char* directory : load::drop_in_directories)
    watch(directory);
  sd_event_add_io(event_, nullptr, policy_inotify_.get(), EPOLLIN, on_policy, this);
}

void Loop::add_sources() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  // Before any thread exists, so that none of them takes these.
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Worker::prepare_interrupts();
  sd_event_add_signal(event_, nullptr, SIGTERM, on_signal, this);
  sd_event_add_signal(event_, nullptr, SIGINT, on_signal, this);
  sd_event_add_signal(event_, nullptr, SIGHUP, on_hangup, this);
  sd_event_add_io(event_, nullptr, writer_.fd(), EPOLLIN, on_worker, this);
  sd_event_add_io(event_, nullptr, readers_.fd(), EPOLLIN, on_worker, this);
  sd_event_add_io(event_, nullptr, resolver_.fd(), EPOLLIN, on_worker, this);
  if (inotify_)
    sd_event_add_io(event_, nullptr, inotify_.get(), EPOLLIN, on_requests, this);
  watch_policy();
  if (auto watch = host::NetworkWatch::open()) {
    network_.emplace(std::move(*watch));
    sd_event_add_io(event_, nullptr, network_->fd(), EPOLLIN, on_network, this);
  }
  // The session counts from boot, suspend included: so does the timer.
  sd_event_add_time(event_, &timer_, CLOCK_BOOTTIME, 0, 1000, on_tick, this);
  sd_event_source_set_enabled(timer_, SD_EVENT_OFF);
  // Where the unit asks for signs of life (WatchdogSec=).
  sd_event_set_watchdog(event_, 1);
}

int Loop::on_requests(sd_event_source*, int fd, std::uint32_t, void* self) {
  alignas(inotify_event) char buffer[4096];
  while (::read(fd, buffer, sizeof buffer) > 0) {
    // Which file it was does not matter: only ours is looked for.
  }
  loop_of(self).claim_again();
  return 0;
}

int Loop::on_policy(sd_event_source*, int fd, std::uint32_t, void* self) {
  Loop& loop = loop_of(self);
  alignas(inotify_event) char buffer[4096];
  while (::read(fd, buffer, sizeof buffer) > 0) {
    // The digest will show the change.
  }
  loop.policy_changed_ = loop.world_.clock.since_boot();
  return 0;
}

int Loop::on_network(sd_event_source*, int, std::uint32_t, void* self) {
  Loop& loop = loop_of(self);
  bool const concerns_us = !loop.rest_until_ || loop.session_->follows_network();
  if (loop.network_->drain() && !loop.network_changed_ && concerns_us)
    loop.network_changed_ = loop.world_.clock.since_boot();
  return 0;
}

int Loop::on_worker(sd_event_source*, int, std::uint32_t, void* self) {
  loop_of(self).writer_.run_completions();
  loop_of(self).readers_.run_completions();
  loop_of(self).resolver_.run_completions();
  return 0;
}

// Reads the policy again. For systemd an end by this signal is a clean one, so that nobody would go
// on with what is still to be tried.
int Loop::on_hangup(sd_event_source*, const signalfd_siginfo*, void* self) {
  loop_of(self).policy_changed_ = loop_of(self).world_.clock.since_boot();
  return 0;
}

int Loop::on_signal(sd_event_source*, const signalfd_siginfo* signal, void* self) {
  loop_of(self).stop(signal->ssi_signo == SIGINT ? "interrupted" : "stopped");
  return 0;
}

// Stop means stop: the state says so at once, and nothing new is begun. A write in its TCP phases
// is ended; one that waits for the target's answer is the kernel's.
void Loop::stop(const std::string& why) {
  if (stop_by_)
    return;
  systemd::notify_stopping();
  serving_.reset();
  // Its work is done and stays done.
  if (rest_until_) {
    exit_ = ExitCode::done;
    return;
  }
  connect_writer_.cancel();
  session_->cancel(why);
  carry_out();
  if (session_->has_begun())
    save();
  else
    save_as_cancelled(why);
  writer_.interrupt();
  stop_by_ = world_.clock.since_boot() + stop_patience;
}

} // namespace nvmf::execute
