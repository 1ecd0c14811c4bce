#include "execute/executor.hpp"

#include "base/local_trouble.hpp"
#include "execute/intent.hpp"
#include "execute/messages.hpp"
#include "execute/resident_memory.hpp"
#include "execute/thread_hands.hpp"
#include "host/fabrics_mounts.hpp"
#include "host/run_paths.hpp"
#include "systemd/notify.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <thread>

namespace nvmf::execute {

namespace {

// rtnetlink reports one change in many messages.
constexpr base::Duration network_settles(200);
// An editor writes a file in several steps, a package several files.
constexpr base::Duration policy_settles = std::chrono::seconds(1);
// A stop is promised within three seconds. A write that cannot be ended by then
// is in the kernel and ends there.
constexpr base::Duration stop_patience(1500);
constexpr base::Duration stop_look(50);
// How often, and after which pause, the lock is tried.
constexpr int lock_attempts = 20;
constexpr base::Duration lock_look(5);
// Between two looks whether the journal takes lines again.
constexpr base::Duration journal_look(250);
// Without inotify (instances are few) new requests are looked for.
constexpr base::Duration request_look = std::chrono::seconds(1);
// A wait after which it does not matter that code comes from the page cache again.
constexpr base::Duration long_enough = std::chrono::seconds(5);
// How often it is looked whether the program's file is still the one that runs.
constexpr base::Duration program_look = std::chrono::minutes(1);
// How often files that nobody needs any more are looked for, and how soon where the policy changed.
constexpr base::Duration obsolete_look = std::chrono::minutes(5);
constexpr base::Duration obsolete_soon = std::chrono::seconds(1);
// Until a request is tried again for which this host lacked something.
constexpr base::Duration first_pause = std::chrono::seconds(3);
constexpr base::Duration longest_pause = std::chrono::minutes(1);

// Of the file that this process runs; an upgrade puts another in its place.
bool program_is_on_disk() {
  struct stat running {};
  struct stat on_disk {};
  std::error_code error;
  auto const path = std::filesystem::read_symlink("/proc/self/exe", error);
  return !error && ::stat("/proc/self/exe", &running) == 0 && ::stat(path.c_str(), &on_disk) == 0 &&
         running.st_ino == on_disk.st_ino && running.st_dev == on_disk.st_dev;
}

Executor& executor_of(void* self) { return *static_cast<Executor*>(self); }

} // namespace

Executor::Executor(World world)
    : world_(std::move(world)), hand_over_(world_.files),
      host_({.root = world_.root,
             .files = world_.files,
             .clock = world_.clock,
             .journal = world_.journal,
             .credentials_directory = world_.credentials_directory}),
      names_(world_.files, world_.root),
      shared_{
          .root = world_.root,
          .files = world_.files,
          .secrets = world_.secrets,
          .clock = world_.clock,
          .journal = world_.journal,
          .discovery = world_.discovery,
          .hand_over = hand_over_,
          .host = host_,
          .hands = world_.hands,
          .names = names_,
          .holders = holders_,
          .step = [this](Source& source, const std::function<void()>& what) { step(source, what); },
          .is_current =
              [this](const Source& source) {
                auto const now = sources_.find(source.id());
                return now == sources_.end() || now->second.get() == &source;
              },
          .ask_kernel_options = [this] { ask_kernel_options(); }} {}

Executor::~Executor() {
  sources_.clear();
  retired_.clear();
  sd_event_source_unref(timer_);
  sd_event_unref(event_);
}

// Another start goes on where this one ended.
ExitCode Executor::broken(const std::string& what, int error) {
  auto const failure = base::errno_failure(what, -error);
  world_.journal.write({.priority = systemd::Priority::error, .message = failure.value().message});
  return ExitCode::again;
}

ExitCode Executor::run() {
  if (int const error = sd_event_new(&event_); error < 0)
    return broken("cannot make an event loop", error);
  shared_.event = event_;
  if (auto prepared = hand_over_.prepare(); !prepared)
    return broken("cannot prepare /run/nvmf: " + prepared.error().message, -prepared.error().code);
  // One is enough.
  if (!take_lock())
    return exit_.value_or(ExitCode::done);
  had_device_ = has_device_come();
  crash_mark_.emplace(world_.root + std::string(executing_page));
  if (crash_mark_->culprit())
    blame(*crash_mark_->culprit());
  watch_files();
  add_event_sources();
  claim_waiting();
  // The requests are taken; all that blocks or takes long comes after that.
  systemd::notify_ready();
  if (host_.recall_kernel_options())
    ask_kernel_options();
  follow_system_storage();
  go_on_with_earlier_work();
  // The leftovers of a killed writer are settled before this process writes anything.
  if (auto left = world_.files.list(std::string(intents_directory)); left && !left->empty())
    world_.hands.settle_left_overs();
  program_look_ = world_.clock.since_boot() + program_look;
  obsolete_look_ = world_.clock.since_boot() + obsolete_look;
  while (!exit_) {
    settle_touched();
    if (policy_digest_.empty())
      policy_digest_ = host_.digest();
    end_if_nothing_is_left();
    if (exit_)
      break;
    tell_status();
    arm_timer();
    if (int const error = sd_event_run(event_, UINT64_MAX); error < 0)
      return broken("the event loop failed", error);
  }
  return *exit_;
}

// A planner that looks whether it is held has it for a moment, too.
bool Executor::take_lock() {
  std::string const path = world_.root + std::string(host::executor_lock);
  for (int attempt = 0; attempt < lock_attempts; ++attempt) {
    auto lock = FileLock::attempt(path);
    if (!lock) {
      exit_ = broken(path, -lock.error().code);
      return false;
    }
    if (*lock) {
      lock_.emplace(std::move(**lock));
      return true;
    }
    std::this_thread::sleep_for(lock_look);
  }
  return false;
}

bool Executor::is_asked_for() const {
  auto const names = world_.files.list(std::string(host::plans_directory));
  return names && std::any_of(names->begin(), names->end(),
                              [](const std::string& name) { return !name.starts_with('.'); });
}

// ---- sources

Source& Executor::source(const std::string& id) {
  auto found = sources_.find(id);
  if (found == sources_.end()) {
    CrashMark::Handling const handling(*crash_mark_, id);
    found = sources_.emplace(id, std::make_unique<Source>(shared_, id)).first;
    if (auto paused = paused_.extract(id))
      found->second->adopt_claims(std::move(paused.mapped().claims));
  }
  return *found->second;
}

// A fault in one source is that one's alone.
void Executor::step(Source& source, const std::function<void()>& what) {
  touched_.insert(&source);
  CrashMark::Handling const handling(*crash_mark_, source.id());
  try {
    what();
  } catch (const std::exception& problem) {
    source.give_up(problem.what());
  }
}

void Executor::for_each(const std::function<bool(const Source&)>& chosen,
                        const std::function<void(Source&)>& what) {
  for (auto const& each : sources_) {
    Source& source = *each.second;
    if (chosen(source))
      step(source, [&] { what(source); });
  }
}

void Executor::settle_or_give_up(Source& source) {
  CrashMark::Handling const handling(*crash_mark_, source.id());
  try {
    source.settle();
  } catch (const std::exception& problem) {
    source.give_up(problem.what());
  }
}

void Executor::settle_touched() {
  // One may touch another: an answer for all of them.
  while (!touched_.empty()) {
    Source& source = **touched_.begin();
    touched_.erase(touched_.begin());
    if (!stop_by_)
      settle_or_give_up(source);
    look_at_time_of(source);
    if (source.standing() == Source::Standing::failed ||
        source.standing() == Source::Standing::ended)
      retire(source);
  }
}

void Executor::look_at_time_of(Source& source) {
  if (source.due)
    due_.erase({*source.due, &source});
  source.due = source.next_time(world_.clock.since_boot());
  if (source.due)
    due_.insert({*source.due, &source});
}

// It is out of the way of a new source of its id at once, and goes when nothing refers to it.
void Executor::retire(Source& source) {
  touched_.erase(&source);
  auto const found = sources_.find(source.id());
  if (found == sources_.end() || found->second.get() != &source) {
    if (!source.awaits_answers())
      std::erase_if(retired_, [&](auto const& each) { return each.get() == &source; });
    return;
  }
  if (source.standing() == Source::Standing::failed) {
    bool const is_first = source.failed_for_a_moment() || source.pause == base::Duration(0);
    base::Duration const delay = is_first ? first_pause : std::min(2 * source.pause, longest_pause);
    paused_[source.id()] = {
        .retry = world_.clock.since_boot() + delay, .delay = delay, .claims = source.claims()};
  }
  source.let_go_of_endpoints();
  if (source.awaits_answers())
    retired_.push_back(std::move(found->second));
  sources_.erase(found);
}

void Executor::retry_paused(Retry which) {
  BootTime const now = world_.clock.since_boot();
  std::map<std::string, Paused> due;
  for (auto const& [id, paused] : paused_)
    if (which == Retry::all || paused.retry <= now)
      due.emplace(id, paused);
  for (auto const& [id, paused] : due) {
    // A request that fails once more waits longer.
    source(id).pause = which == Retry::all ? base::Duration(0) : paused.delay;
    go_on(id, paused.claims);
  }
}

// The kernel shows them only when no connect of the host is under way, which may last a minute: not
// waited for on the loop.
void Executor::ask_kernel_options() {
  if (std::exchange(asking_kernel_options_, true))
    return;
  world_.hands.kernel_options([this](const base::Result<decide::KernelOptions>& options) {
    asking_kernel_options_ = false;
    host_.set_kernel_options(options);
    if (!options && !had_device_ && has_device_come()) {
      // The unit's permission for a device is made when it starts.
      exit_ = ExitCode::again;
      return;
    }
    for_each([](const Source& each) { return each.waits_for_kernel_options(); },
             [&](Source& each) { each.kernel_options_known(options); });
  });
}

bool Executor::has_device_come() const { return world_.files.exists("/dev/nvme-fabrics"); }

// Requests that come from now on are decided by it, the others in a moment.
void Executor::note_policy_change() {
  policy_changed_ = world_.clock.since_boot();
  host_.expect_another_policy();
}

// A path that waits under an old policy would be tried for days although nobody wants it any more.
void Executor::policy_may_have_changed() {
  auto const policy = host_.policy(HostView::Look::again);
  std::string const digest = policy ? (*policy)->digest : std::string();
  if (std::exchange(policy_digest_, digest) == digest)
    return;
  if (policy) {
    for_each([](const Source&) { return true; }, [](Source& each) { each.policy_changed(); });
    retry_paused(Retry::all);
    obsolete_look_ = world_.clock.since_boot() + obsolete_soon;
  } else {
    for_each([](const Source&) { return true; },
             [&](Source& each) { each.stop_for(policy.error()); });
  }
}

// ---- the loop

void Executor::add_event_sources() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  // Before any thread exists, so that none of them takes these.
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  sd_event_add_signal(event_, nullptr, SIGTERM, on_signal, this);
  sd_event_add_signal(event_, nullptr, SIGINT, on_signal, this);
  sd_event_add_signal(event_, nullptr, SIGHUP, on_hangup, this);
  sd_event_add_io(event_, nullptr, world_.hands.fd(), EPOLLIN, on_hands, this);
  sd_event_add_io(event_, nullptr, names_.fd(), EPOLLIN, on_names, this);
  if (inotify_)
    sd_event_add_io(event_, nullptr, inotify_.get(), EPOLLIN, on_files, this);
  if (auto watch = host::NetworkWatch::open()) {
    network_.emplace(std::move(*watch));
    sd_event_add_io(event_, nullptr, network_->fd(), EPOLLIN, on_network, this);
  }
  // The sessions count from boot, suspend included: so does the timer.
  sd_event_add_time(event_, &timer_, CLOCK_BOOTTIME, 0, 1000, on_tick, this);
  sd_event_source_set_enabled(timer_, SD_EVENT_OFF);
  // Where the unit asks for signs of life (WatchdogSec=).
  sd_event_set_watchdog(event_, 1);
}

void Executor::end_if_nothing_is_left() {
  BootTime const now = world_.clock.since_boot();
  if (stop_by_) {
    if (!world_.hands.writes() || world_.hands.outlive_this_process() || now >= *stop_by_)
      exit_ = ExitCode::done;
    return;
  }
  bool const is_replaced = program_look_ && now >= *program_look_ && !program_is_on_disk();
  if (program_look_ && now >= *program_look_)
    program_look_ = now + program_look;
  if (is_replaced && !world_.hands.writes() && !world_.hands.reads()) {
    for (auto const& [id, source] : sources_)
      source->save_unsaved();
    exit_ = ExitCode::again;
    return;
  }
  // Nobody waits for what failed where nothing is kept either.
  bool const is_pausing = !paused_.empty() && world_.discovery != plan::DiscoveryStay::until_read;
  if (!sources_.empty() || !retired_.empty() || is_pausing || !unread_.empty() || policy_changed_)
    return;
  // After a change of the policy, which has ended the last session.
  if (obsolete_look_ <= now + obsolete_soon) {
    obsolete_look_ = now + obsolete_look;
    remove_what_is_obsolete();
  }
  // A planner that saw the lock held has started nobody.
  lock_.reset();
  // Another holder of the lock sees to the requests that wait, else the path unit does.
  if (!is_asked_for() || !take_lock()) {
    exit_ = exit_.value_or(ExitCode::done);
    return;
  }
  claim_waiting();
  settle_touched();
}

std::optional<BootTime> Executor::next_time(BootTime now) const {
  std::optional<BootTime> next(obsolete_look_);
  auto const consider = [&](BootTime time) { next = std::min(next.value_or(time), time); };
  if (!due_.empty())
    consider(due_.begin()->first);
  for (auto const& [id, paused] : paused_)
    consider(paused.retry);
  if (network_changed_)
    consider(*network_changed_ + network_settles);
  if (policy_changed_)
    consider(*policy_changed_ + policy_settles);
  if (stop_by_)
    consider(now + stop_look);
  if (list_plans_ || !unread_.empty())
    consider(now + request_look);
  if (program_look_)
    consider(*program_look_);
  if (world_.journal.write_waiting())
    consider(now + journal_look);
  return next;
}

void Executor::arm_timer() {
  BootTime const now = world_.clock.since_boot();
  std::optional<BootTime> const next = next_time(now);
  give_memory_back(next, now);
  if (!next) {
    sd_event_source_set_enabled(timer_, SD_EVENT_OFF);
    return;
  }
  auto const micros =
      std::chrono::duration_cast<std::chrono::microseconds>(std::max(*next, base::Duration(0)));
  sd_event_source_set_time(timer_, static_cast<std::uint64_t>(micros.count()));
  sd_event_source_set_enabled(timer_, SD_EVENT_ONESHOT);
}

// It may come to lie there, or elsewhere, while this runs. The unit begins as if it did.
void Executor::follow_system_storage() {
  if (!world_.root.empty())
    return;
  bool const keeps = host::system_lies_on_fabrics(world_.files);
  if (std::exchange(keeps_memory_, keeps) == keeps)
    return;
  keeps ? keep_memory() : be_like_others();
}

void Executor::give_memory_back(const std::optional<BootTime>& next, BootTime now) {
  bool const is_at_work = world_.hands.writes() || world_.hands.reads();
  bool const long_wait = (!next || *next - now >= long_enough) && !is_at_work;
  if (long_wait && !memory_released_) {
    for (auto const& [id, source] : sources_)
      source->forget_text();
    host_.forget();
    follow_system_storage();
    if (!keeps_memory_.value_or(false))
      give_back_memory();
  }
  memory_released_ = long_wait;
}

void Executor::tell_status() {
  PathCount all;
  for (auto const& [id, source] : sources_) {
    all.live += source->path_count().live;
    all.all += source->path_count().all;
  }
  std::string const status = sources_.size() == 1 ? sources_.begin()->second->summary()
                                                  : fmt::format("sources {}, paths {} of {}",
                                                                sources_.size(), all.live, all.all);
  if (status != told_status_)
    systemd::notify_status(status);
  told_status_ = status;
}

void Executor::tick(BootTime now) {
  if (network_changed_ && now >= *network_changed_ + network_settles) {
    network_changed_.reset();
    host_.forget();
    auto const interfaces = present_interfaces();
    for_each([](const Source& each) { return each.follows_network(); },
             [&](Source& each) { each.network_changed(now, interfaces); });
  }
  if (policy_changed_ && now >= *policy_changed_ + policy_settles) {
    policy_changed_.reset();
    policy_may_have_changed();
  }
  if (list_plans_)
    claim_waiting();
  read_unread();
  if (now >= obsolete_look_) {
    obsolete_look_ = now + obsolete_look;
    remove_what_is_obsolete();
  }
  retry_paused(Retry::those_due);
  while (!due_.empty() && due_.begin()->first <= now) {
    Source& source = *due_.begin()->second;
    due_.erase(due_.begin());
    source.due.reset();
    step(source, [&] { source.tick(now); });
  }
}

int Executor::on_tick(sd_event_source*, std::uint64_t, void* self) {
  Executor& executor = executor_of(self);
  if (executor.stop_by_)
    executor.world_.hands.stop();
  else
    executor.tick(executor.world_.clock.since_boot());
  return 0;
}

int Executor::on_network(sd_event_source*, int, std::uint32_t, void* self) {
  Executor& executor = executor_of(self);
  if (executor.network_->drain() && !executor.network_changed_ &&
      std::any_of(executor.sources_.begin(), executor.sources_.end(),
                  [](auto const& each) { return each.second->follows_network(); }))
    executor.network_changed_ = executor.world_.clock.since_boot();
  return 0;
}

int Executor::on_hands(sd_event_source*, int, std::uint32_t, void* self) {
  Executor& executor = executor_of(self);
  Hands& hands = executor.world_.hands;
  hands.run_answers();
  for (pid_t const process : hands.take_crashed())
    for (const std::string& id : executor.crash_mark_->culprits_in(process))
      executor.blame(id);
  return 0;
}

int Executor::on_names(sd_event_source*, int, std::uint32_t, void* self) {
  executor_of(self).names_.run_answers();
  return 0;
}

// Reads the policy again. For systemd an end by this signal is a clean one, so that nobody would go
// on with what is still to be tried.
int Executor::on_hangup(sd_event_source*, const signalfd_siginfo*, void* self) {
  executor_of(self).note_policy_change();
  return 0;
}

int Executor::on_signal(sd_event_source*, const signalfd_siginfo*, void* self) {
  executor_of(self).stop();
  return 0;
}

// Nothing new begins, and nothing is withdrawn: the next executor goes on. A write in its TCP
// phases is ended; one that waits for the target's answer is the kernel's.
void Executor::stop() {
  if (stop_by_)
    return;
  systemd::notify_stopping();
  for (auto const& [id, source] : sources_)
    source->save_unsaved();
  lock_.reset();
  world_.hands.stop();
  stop_by_ = world_.clock.since_boot() + stop_patience;
}

} // namespace nvmf::execute
