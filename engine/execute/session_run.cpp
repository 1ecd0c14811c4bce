// One generation of a session: what the policy makes of the event and its logs, and what that means
// for the paths.
#include "execute/session.hpp"

#include "host/kept_away.hpp"
#include "plan/id.hpp"
#include "plan/source_name.hpp"
#include "plan/waiting.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace nvmf::execute {

namespace {

using decide::Outcome;
using decide::Reason;
using Logs = action::BeginAgain::Logs;

// An item that the executor waits for, as a path; the other refused ones are only in the plan's
// items.
bool is_held_back(const plan::Item& item) {
  return plan::waits_for_look(item) ||
         (plan::waits_for_network(item) && item.reason == Reason::source_missing);
}

bool is_connected(const plan::Item& item) {
  return item.outcome == Outcome::keep || item.outcome == Outcome::differs ||
         (item.outcome == Outcome::refused && item.reason == Reason::owned_by);
}

} // namespace

void Session::begin_generation(World world, Logs logs) {
  ++generation_;
  policy_changed_ = policy_ && policy_->digest != world.policy->digest;
  policy_ = std::move(world.policy);
  facts_ = std::move(world.facts);
  logs_ = logs;
  context_.policy_digest = policy_->digest;
  context_.source = plan::source_name(event_);
  attempts_.use(policy_->limits);
  run_.emplace(*policy_, facts_, event_,
               plan::RunSettings{.routing = setup_.routing, .discovery = setup_.discovery});
  for (auto& [id, path] : paths_.all())
    path.log_state = path.log_state == Path::Log::reading ? Path::Log::reading : Path::Log::unknown;
  absorbed_ = 0;
  awaits_route_ = follows_interfaces_ = false;
  run_->decide_event();
  absorb_new();
  // Nobody wants to know any more.
  if (run_->items().empty() || run_->items().front().outcome != Outcome::discover)
    next_poll_.reset();
  changed();
  attempts_.pump(now_);
}

// Items are appended while this goes on, for a log that is known is decided at once; then the inner
// call takes them all and the outer one finds nothing left.
void Session::absorb_new() {
  while (absorbed_ < run_->items().size())
    absorb(absorbed_++);
}

void Session::absorb(std::size_t index) {
  plan::Item const item = run_->items()[index];
  awaits_route_ = awaits_route_ || run_->is_denied_as_routed(index);
  follows_interfaces_ = follows_interfaces_ || run_->is_one_of_subnet(index);
  if (item.outcome == Outcome::discover) {
    want_discovery(path_for(index));
  } else if (item.outcome == Outcome::connect) {
    want_path(path_for(index));
  } else if (is_connected(item)) {
    attempts_.found_live(path_for(index), item.device, incarnation_of(item.device), item.detail);
    if (item.firmware)
      actions_.push_back(action::Adopt{item.device});
  } else if (is_held_back(item)) {
    hold_back(path_for(index), item);
    if (!next_look_ && plan::waits_for_look(item))
      next_look_ = time_of_next_look();
  } else if (item.outcome == Outcome::denied || item.outcome == Outcome::refused) {
    tell_not_wanted(item);
  }
}

// Told once for as long as some log lists it: a target that invents names makes no memory grow.
void Session::tell_not_wanted(const plan::Item& item) {
  auto const [known, is_new] =
      reported_unwanted_.try_emplace(path_key(item.subject, item.tid), generation_);
  known->second = generation_;
  if (is_new)
    actions_.push_back(action::Log{not_wanted(context_, item)});
}

Path& Session::path_for(std::size_t index) {
  const plan::Item& item = run_->items()[index];
  std::string const key = path_key(item.subject, item.tid);
  Path* path = paths_.find(key);
  if (!path) {
    path = &paths_.add(key, item);
    seed(*path);
  } else {
    // The NQN that a discovery controller was connected by stays.
    std::string nqn = path->is_discovery() && !path->own_nqn.empty() ? path->item.tid.subsystem_nqn
                                                                     : item.tid.subsystem_nqn;
    // A lock is let go by the name under which it is held.
    if (nqn != path->item.tid.subsystem_nqn)
      setup_.locks->release(path->item.tid);
    path->item = item;
    path->item.tid.subsystem_nqn = std::move(nqn);
  }
  path->index = index;
  path->generation = generation_;
  return *path;
}

// The knowledge of an earlier executor of this id about the path. A path that is dropped and comes
// again begins afresh.
void Session::seed(Path& path) {
  if (!setup_.remembered)
    return;
  for (const LogRecord& log : setup_.remembered->logs)
    if (path.is_discovery() && path_key(path.item.subject, log.tid) == path.key) {
      path.log = log.log;
      path.log_read = log.read;
    }
  auto& records = setup_.remembered->paths;
  auto const known = std::find_if(records.begin(), records.end(), [&path](const auto& record) {
    return path_key(record.subject, record.tid) == path.key;
  });
  if (known == records.end())
    return;
  PathRecord const record = std::move(*known);
  records.erase(known);
  if (record.state != PathState::live) {
    path.tries = record.tries;
    path.first_try = record.first_try;
    path.error_class = record.error_class;
    path.reason = record.reason;
    path.once_hung = record.error_class == fabrics::ErrorClass::hung;
    if (record.state == PathState::waiting || record.state == PathState::given_up) {
      path.state = record.state;
      path.next_try = record.next_try;
      if (record.error_class && fabrics::lane_of(*record.error_class) == fabrics::RetryLane::secret)
        path.next_try = now_;
    }
  }
}

void Session::want_discovery(Path& path) {
  if (!path.item.device.empty()) {
    use_connected(path, path.item.device);
    return;
  }
  if (path.state == PathState::live && path.device.empty() && logs_ == Logs::as_known && path.log) {
    // Read, and not kept.
    decide_log_of(path, Path::Log::read);
    return;
  }
  want_path(path);
  // It cannot be asked now; its earlier log is known.
  if (path.log)
    decide_log_of(path, Path::Log::stored);
  if (!path.item.bystander.empty() && logs_ == Logs::read_again)
    read_bystander(path);
}

void Session::use_connected(Path& path, const std::string& device) {
  if (path.log_state == Path::Log::reading)
    return;
  attempts_.drop(path);
  attempts_.found_live(path, device, incarnation_of(device), {});
  if (setup_.left_behind.erase(device) > 0)
    path.maker = Path::Maker::us;
  if (logs_ == Logs::as_known && path.log) {
    decide_log_of(path, Path::Log::read);
    return;
  }
  read_log(path);
  // Nobody knows how long the controller takes: the work of an earlier executor goes on meanwhile.
  if (claim_ == Claim::resumed && path.log && path.decided_in == 0)
    decide(path);
}

void Session::want_path(Path& path) {
  bool const under_way = path.state == PathState::probing || path.state == PathState::connecting;
  if (!under_way && stays_away(path))
    return;
  if (std::exchange(path.is_doubted, false))
    Attempts::start_afresh(path);
  switch (path.state) {
  case PathState::probing:
  case PathState::connecting:
    return;
  case PathState::live:
    // It was connected and is not any more.
    Attempts::start_afresh(path);
    break;
  case PathState::waiting:
    if (!is_woken_by_event(path))
      return;
    break;
  case PathState::given_up:
    if (!may_begin_afresh(path))
      return;
    Attempts::start_afresh(path);
    break;
  case PathState::pending:
    // A path that another source retries is looked at by its own time.
    if (path.next_try && !path.awaits_network)
      return;
    break;
  }
  start(path);
}

// A path that was given up begins afresh with another policy or a new event, but not with the
// secret that was refused.
bool Session::may_begin_afresh(const Path& path) const {
  if (policy_changed_)
    return true;
  if (claim_ == Claim::resumed || logs_ == Logs::as_known)
    return false;
  return !path.refused_secrets || secrets_changed(path);
}

// The event is about the path itself, or about another port of the same target.
bool Session::is_woken_by_event(const Path& path) const {
  if (logs_ == Logs::as_known || claim_ == Claim::resumed)
    return false;
  const base::Endpoint& endpoint = *path.item.tid.endpoint;
  return endpoint.traddr && event_.endpoint.transport == endpoint.transport &&
         same_address(event_.endpoint.traddr, endpoint.traddr);
}

void Session::hold_back(Path& path, const plan::Item& item) {
  if (path.state == PathState::probing || path.state == PathState::connecting)
    return;
  // A connected path stays, and stays known, while nobody knows the exclusions.
  if (path.state == PathState::live && item.reason == Reason::exclusions_unreadable)
    return;
  bool const news = path.state != PathState::pending || path.reason.empty();
  attempts_.drop(path);
  path.state = PathState::pending;
  path.device.clear();
  path.next_try.reset();
  path.awaits_network = false;
  path.error_class.reset();
  path.reason = std::string(to_string(*item.reason));
  if (!item.detail.empty())
    path.reason += ": " + item.detail;
  if (news)
    attempts_.log_path(path);
}

bool Session::stays_away(Path& path) {
  using Kind = host::Keeping::Kind;
  auto const keeping =
      setup_.keeping ? setup_.keeping(path.item, policy_->digest, now_) : host::Keeping();
  switch (keeping.kind) {
  case Kind::no:
    return false;
  case Kind::until:
    keep_away_until(path, keeping.until);
    return true;
  case Kind::for_good:
    keep_away(path);
    return true;
  }
  return false;
}

void Session::keep_away_until(Path& path, BootTime time) {
  bool const news = !path.is_doubted;
  attempts_.drop(path);
  Attempts::start_afresh(path);
  path.is_doubted = true;
  path.state = PathState::waiting;
  path.next_try = time;
  path.reason = fmt::format(
      "{}: the reason of its removal is not known; `nvmf-policy resume` connects it now",
      host::doubtful_reason);
  if (news)
    attempts_.log_path(path);
}

// Somebody disconnected it on purpose; `nvmf-policy resume` lets it be connected again.
void Session::keep_away(Path& path) {
  bool const news = path.reason != host::kept_away_reason;
  attempts_.drop(path);
  Attempts::start_afresh(path);
  path.state = PathState::given_up;
  path.reason = host::kept_away_reason;
  if (news)
    attempts_.log_path(path);
}

void Session::decide_log_of(Path& path, Path::Log how) {
  path.log_state = how;
  decide(path);
}

void Session::decide(Path& path) {
  if (path.generation != generation_ || !path.index)
    return;
  path.decided_in = generation_;
  // This adds paths, which leaves this one where it is.
  run_->decide_log(*path.index, *path.log, path.own_nqn);
  absorb_new();
}

// Once every discovery controller of the generation has spoken, what none of them listed is no
// longer wanted.
void Session::drop_unlisted() {
  bool const complete =
      std::all_of(paths_.discovery().begin(), paths_.discovery().end(), [&](PathId id) {
        const Path& path = paths_.look(id);
        return path.generation != generation_ || path.log_state == Path::Log::read ||
               path.log_state == Path::Log::stored;
      });
  if (!complete || !run_ || dropped_unlisted_in_ == generation_)
    return;
  dropped_unlisted_in_ = generation_;
  end_left_behind();
  if (std::exchange(told_settled_in_, generation_) != generation_)
    std::erase_if(reported_unwanted_,
                  [this](const auto& one) { return one.second != generation_; });
  auto& all = paths_.all();
  for (auto it = all.begin(); it != all.end();) {
    Path& path = it->second;
    ++it;
    if (path.generation == generation_)
      continue;
    // One that is being written is reported when the kernel has answered.
    if (attempts_.is_being_written(path)) {
      dropped_unlisted_in_.reset();
      continue;
    }
    if (path.state != PathState::live)
      actions_.push_back(action::Log{no_longer_wanted(context_, path)});
    attempts_.drop(path);
    end_unsettled(path);
    paths_.erase(path.id);
  }
}

// A controller that we connected to read its log, and that became unwanted before it was read.
void Session::end_unsettled(const Path& path) {
  if (!path.is_discovery())
    return;
  if (path.maker == Path::Maker::us && !path.kept && !path.device.empty())
    disconnect(path.device, path.item.tid, path.incarnation);
  if (!path.replaced_device.empty() && path.replaced_device != path.device)
    disconnect(path.replaced_device, path.item.tid, path.replaced_incarnation);
}

// A controller that an earlier executor made and that this one does not need.
void Session::end_left_behind() {
  for (const std::string& device : std::exchange(setup_.left_behind, {}))
    if (const decide::Controller* const controller = controller_of(device))
      disconnect(device, {.endpoint = controller->endpoint}, controller->incarnation);
}

// The request goes when the event's own log was read to its end and decided, or when there is none
// to read or to be had.
void Session::finish_if_read() {
  if (!request_open_ || again_ || disconnects_ > 0 || phase_ != Phase::running || !run_)
    return;
  for (PathId const id : paths_.discovery()) {
    const Path& path = paths_.look(id);
    bool const of_event = path.generation == generation_ && path.index && !path.item.parent;
    // One that was given up has said so; a new event begins afresh.
    bool const given_up = path.state == PathState::given_up && !path.next_try;
    if (of_event && path.log_state != Path::Log::read && !given_up)
      return;
  }
  request_open_ = false;
  actions_.push_back(action::Finish{});
}

} // namespace nvmf::execute
