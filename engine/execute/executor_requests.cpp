// The executor's work: requests and commands in plans/, those that an earlier executor left, and
// changes of the policy's files.
#include "base/local_trouble.hpp"
#include "base/wire_text.hpp"
#include "execute/cancel.hpp"
#include "execute/command.hpp"
#include "execute/executor.hpp"
#include "execute/messages.hpp"
#include "execute/obsolete.hpp"
#include "host/request_name.hpp"
#include "host/run_paths.hpp"
#include "load/load.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <set>
#include <sys/inotify.h>

namespace nvmf::execute {

namespace {

constexpr std::uint32_t request_events =
    IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t policy_events = IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE;
// The crash with which a request is given up.
constexpr unsigned most_crashes = 3;

} // namespace

bool Executor::watch(const std::string& directory, std::uint32_t events, int& number) {
  number = ::inotify_add_watch(inotify_.get(), (world_.root + directory).c_str(), events);
  return number >= 0;
}

// One instance for all: root may have 128 of them. Directories of the policy that are not there are
// looked at again by the sweep, which plans anew after a change.
void Executor::watch_files() {
  inotify_ = base::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  list_plans_ =
      !inotify_ || !watch(std::string(host::plans_directory), request_events, plans_watch_);
  if (!inotify_)
    return;
  int number = -1;
  std::string const main(load::main_path);
  watch(main.substr(0, main.rfind('/')), policy_events, number);
  for (const char* directory : load::drop_in_directories)
    watch(directory, policy_events, number);
}

int Executor::on_files(sd_event_source*, int fd, std::uint32_t, void* self) {
  Executor& executor = *static_cast<Executor*>(self);
  alignas(inotify_event) std::array<char, 16384> buffer{};
  std::vector<std::string> names;
  bool list = false;
  bool is_gone = false;
  for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;)
    for (ssize_t at = 0; at < size;) {
      // The kernel aligns each. NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
      auto const* const news = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + news->len);
      if ((news->mask & IN_Q_OVERFLOW) != 0) {
        list = true;
        executor.note_policy_change();
      } else if (news->wd != executor.plans_watch_) {
        executor.note_policy_change();
      } else if ((news->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
        is_gone = true;
      } else if (news->len > 0) {
        names.emplace_back(news->name);
      }
    }
  if (executor.stop_by_)
    return 0;
  // Another directory has its place, or will have.
  if (is_gone) {
    (void)executor.hand_over_.prepare();
    executor.list_plans_ =
        !executor.watch(std::string(host::plans_directory), request_events, executor.plans_watch_);
    list = true;
  }
  for (const std::string& name : names)
    executor.claim(name);
  if (list)
    executor.claim_waiting();
  return 0;
}

void Executor::claim_waiting() {
  auto const names = world_.files.list(std::string(host::plans_directory));
  if (!names) {
    list_plans_ = list_plans_ || base::is_local_trouble(names.error().code);
    return;
  }
  for (const std::string& name : *names)
    claim(name);
}

// A hidden name is a request being written.
void Executor::claim(const std::string& name) {
  if (name.starts_with('.'))
    return;
  if (host::is_command_name(name))
    return take_command(name);
  // It may have been claimed already, when the directory was listed.
  if (!world_.files.status_of_link(fmt::format("{}/{}", host::plans_directory, name)))
    return;
  auto const request = host::parse_request_name(name);
  if (!request)
    return set_aside_foreign();
  take(*request, Session::Claim::fresh);
}

// The source that had claimed the file before must not finish the one that is there now.
void Executor::take(const host::RequestName& name, Session::Claim claim) {
  if (auto const before = sources_.find(name.id); before != sources_.end())
    before->second->forget_claim(name);
  bool const was_unread = unread_.erase(name) > 0;
  base::Result<std::optional<plan::Plan>> plan;
  {
    CrashMark::Handling const handling(*crash_mark_, name.id);
    if (claim == Session::Claim::fresh)
      plan = hand_over_.claim(name);
    // It was moved, and could not be read.
    if (claim == Session::Claim::resumed || (was_unread && plan && !*plan))
      plan = hand_over_.claimed(name);
  }
  bool const is_unread = !plan && base::is_local_trouble(plan.error().code);
  if (is_unread)
    unread_.emplace(name, claim);
  if (!plan && !(was_unread && is_unread))
    world_.journal.write(request_failed({.id = name.id}, plan.error().message));
  if (!plan || !*plan)
    return;
  Source& asked = source(name.id);
  step(asked, [&] { asked.take(name, std::move(**plan), claim); });
}

void Executor::read_unread() {
  for (auto const& [name, claim] : std::map(unread_))
    take(name, claim);
}

// With what the files say.
void Executor::go_on(const std::string& id, const std::set<host::RequestName>& claims) {
  for (const host::RequestName& name : claims)
    take(name, Session::Claim::resumed);
  Source& again = source(id);
  step(again, [&again] { again.resume(); });
}

// A file that stays is a start of the executor for ever.
void Executor::set_aside_foreign() {
  auto const foreign = hand_over_.set_aside_foreign();
  if (!foreign) {
    world_.journal.write(
        {.priority = systemd::Priority::warning, .message = foreign.error().message});
    list_plans_ = true;
    return;
  }
  for (const std::string& name : *foreign)
    world_.journal.write(
        {.priority = systemd::Priority::warning,
         .message = fmt::format("{}/{} is not a request and was moved to {}", host::plans_directory,
                                base::escaped(name), host::failed_directory)});
}

void Executor::take_command(const std::string& name) {
  std::string const path = fmt::format("{}/{}", host::plans_directory, name);
  auto const text = world_.files.read(path, command_limit);
  auto const command = text ? command_from_text(*text) : tl::unexpected(text.error());
  if (!text && text.error().code == ENOENT)
    return;
  // It stays, and is done in a moment.
  if (!text && base::is_local_trouble(text.error().code)) {
    list_plans_ = true;
    return;
  }
  if (!command)
    world_.journal.write({.priority = systemd::Priority::warning,
                          .message = fmt::format("{}: {}", path, command.error().message)});
  else if (command->all)
    cancel_all();
  else
    cancel_each(command->paths);
  settle_touched();
  for (auto const& [id, source] : sources_)
    source->save_unsaved();
  (void)world_.files.remove(path);
}

void Executor::cancel_each(const std::vector<Command::Path>& paths) {
  std::vector<Command::Path> of_files; // of sources that are at rest, set aside, or not begun yet
  std::set<std::string> to_begin_anew;
  for (const Command::Path& one : paths) {
    auto const found = sources_.find(one.id);
    if (found != sources_.end() && found->second->has_begun()) {
      step(*found->second, [&] { found->second->withdraw(one.key); });
      continue;
    }
    of_files.push_back(one);
    if (found != sources_.end())
      to_begin_anew.insert(one.id);
  }
  (void)cancel_paths(world_.files, world_.clock, of_files);
  for (const std::string& id : to_begin_anew) {
    Source& before = *sources_.at(id);
    auto const claims = before.claims();
    step(before, [&before] { before.leave(); });
    settle_touched();
    go_on(id, claims);
  }
}

// All that waits or is being tried, and all that an earlier executor left.
void Executor::cancel_all() {
  for_each([](const Source& each) { return each.standing() != Source::Standing::resting; },
           [](Source& each) { each.cancel("stopped"); });
  settle_touched();
  paused_.clear();
  unread_.clear();
  (void)cancel_all_requests(world_.files, world_.clock);
}

// Requests that were claimed and not finished, and what states show as still to be tried.
void Executor::go_on_with_earlier_work() {
  std::map<std::string, std::set<host::RequestName>> claims; // by id
  if (auto const running = hand_over_.running())
    for (const host::RequestName& name : *running)
      if (!is_taken(name))
        claims[name.id].insert(name);
  if (auto const remembered = hand_over_.remembered())
    for (const std::string& id : *remembered) {
      auto const state = read_state(world_.files, id);
      if (state && *state && is_open(**state))
        claims.try_emplace(id);
    }
  for (auto const& [id, of_id] : claims)
    go_on(id, of_id);
}

// By this executor, since it started.
bool Executor::is_taken(const host::RequestName& name) const {
  auto const source = sources_.find(name.id);
  return unread_.contains(name) ||
         (source != sources_.end() && source->second->claims().contains(name));
}

// Those that a session has are its own to remove.
void Executor::remove_what_is_obsolete() {
  auto const policy = host_.policy(HostView::Look::as_known);
  if (!policy)
    return;
  auto const is_served = [this](const std::string& id) {
    return sources_.contains(id) || paused_.contains(id) ||
           std::any_of(retired_.begin(), retired_.end(),
                       [&id](auto const& each) { return each->id() == id; });
  };
  auto const ids = hand_over_.remembered().value_or(std::vector<std::string>());
  if (!std::all_of(ids.begin(), ids.end(), is_served))
    remove_obsolete_states(world_.files,
                           {.policy = **policy, .facts = host_.facts(), .clock = world_.clock},
                           is_served);
  remove_obsolete_marks(world_.files, **policy, world_.clock);
}

// A crash, of the executor or of its hands, is that of the source that was being handled; with the
// third one its request is given up.
void Executor::blame(const std::string& id) {
  auto const crashes = hand_over_.count_crash(id);
  if (!crashes || *crashes < most_crashes)
    return;
  std::string const why =
      fmt::format("{}: the executor ended {} times while it handled this", crash_reason, *crashes);
  if (auto const found = sources_.find(id); found != sources_.end())
    return step(*found->second, [&] { found->second->give_up(why); });
  if (auto const running = hand_over_.running())
    for (const host::RequestName& name : *running)
      if (name.id == id)
        (void)hand_over_.set_aside(name);
  auto state = read_state(world_.files, id);
  if (state && *state) {
    (*state)->phase = Phase::failed;
    (*state)->why = why;
    (void)write_state(world_.files, **state, world_.clock);
  }
  world_.journal.write(request_failed({.id = id}, why));
}

} // namespace nvmf::execute
