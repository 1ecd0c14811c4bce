#include "execute/attempts.hpp"

#include "execute/command.hpp"
#include "execute/probe_target.hpp"
#include "fabrics/option_string.hpp"
#include "host/kept_away.hpp"
#include "plan/schedule.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace nvmf::execute {

namespace {

using fabrics::ErrorClass;
using fabrics::RetryLane;

// How long a path that cannot be probed lets young probes go first: several round trips of any
// network, and nothing beside the seconds that a write to a dead address costs everybody.
constexpr base::Duration courtesy(300);

std::string address_of(const Path& path) { return to_text(path.item.tid.endpoint->traddr); }

WriteRequest write_request(const MessageContext& context, const Path& path) {
  return {.id = context.id,
          .item = path.item,
          .stay = path.is_discovery() ? Stay::transient : Stay::persistent,
          .probe = path.probe,
          .lane = path.once_hung ? WriteRequest::Lane::suspect : WriteRequest::Lane::usual,
          .policy_digest = context.policy_digest};
}

void remove(std::deque<PathId>& queue, PathId id) {
  queue.erase(std::remove(queue.begin(), queue.end(), id), queue.end());
}

} // namespace

void Attempts::start(Path& path, BootTime now) {
  if (stopped_ || path.state == PathState::probing || path.state == PathState::connecting ||
      path.state == PathState::live)
    return;
  ++path.tries;
  path.first_try = path.first_try.value_or(now);
  path.next_try.reset();
  path.awaits_network = false;
  path.probe = fabrics::FailedAttempt::Probe::not_made;
  if (!probe_target(path.item)) {
    path.state = PathState::connecting;
    (path.once_hung ? suspects_ : unprobed_).push_back(path.id);
  } else if (probes_in_flight() < limits_.probes_in_flight) {
    start_probe(path, now);
  } else {
    path.state = PathState::probing;
    path.probe_began = base::infinite_duration;
    to_probe_.push_back(path.id);
  }
}

void Attempts::start_probe(Path& path, BootTime now) {
  path.state = PathState::probing;
  path.probe_began = now;
  probed_.insert(path.id);
  needs_.actions.push_back(action::StartProbe{
      .path = path.id, .target = *probe_target(path.item), .timeout = limits_.probe_timeout});
}

void Attempts::write_without_probe(Path& path) {
  path.state = PathState::connecting;
  answered_.push_back(path.id);
}

void Attempts::drop(Path& path) {
  for (auto* queue : {&answered_, &unprobed_, &suspects_, &to_probe_})
    remove(*queue, path.id);
  if (path.state == PathState::probing)
    needs_.actions.push_back(action::StopProbe{path.id});
  needs_.locks.release(path.item.tid);
}

void Attempts::withdraw(Path& path) {
  drop(path);
  path.awaits_network = false;
  path.is_doubted = false;
  path.error_class.reset();
  path.reason = cancelled_reason;
  give_up(path);
  log_path(path);
}

void Attempts::start_afresh(Path& path) {
  path.state = PathState::pending;
  path.device.clear();
  path.incarnation = 0;
  path.kept = false;
  path.tries = 0;
  path.first_try.reset();
  path.next_try.reset();
  path.awaits_network = false;
  path.is_doubted = false;
  path.error_class.reset();
  path.reason.clear();
}

void Attempts::probe_done(Path& path, const base::Result<void>& answer, BootTime now) {
  if (path.state != PathState::probing)
    return;
  if (answer) {
    path.probe = fabrics::FailedAttempt::Probe::answered;
    path.state = PathState::connecting;
    (path.once_hung ? suspects_ : answered_).push_back(path.id);
  } else if (answer.error().code == fabrics::probe_silent_code) {
    fail(path, ErrorClass::hung, answer.error().message, now);
  } else if (answer.error().code == fabrics::no_route_code) {
    path.error_class = ErrorClass::unreachable;
    path.reason = answer.error().message;
    await_network(path, now);
    log_path(path);
  } else {
    auto const classified = fabrics::classify({.code = answer.error().code});
    // EPERM of a local packet filter or EACCES of a prohibiting route may go as they came.
    bool const final_for_writes = fabrics::lane_of(classified.error_class) == RetryLane::never ||
                                  fabrics::lane_of(classified.error_class) == RetryLane::secret;
    fail(path, final_for_writes ? ErrorClass::unreachable : classified.error_class,
         classified.reason, now);
  }
}

// Places come free in other ways, too: a path that is dropped or was found connected ends no probe.
void Attempts::start_waiting_probes(BootTime now) {
  while (!to_probe_.empty() && probes_in_flight() < limits_.probes_in_flight)
    if (Path* next = take_from(to_probe_); next && next->state == PathState::probing)
      start_probe(*next, now);
}

void Attempts::write_done(Path& path, const WriteOutcome& outcome, BootTime now) {
  path.refused_secrets.reset();
  bool const is_connected = outcome.kind == WriteOutcome::Kind::connected ||
                            outcome.kind == WriteOutcome::Kind::connected_by;
  // It was withdrawn meanwhile.
  if (path.state == PathState::given_up && !is_connected)
    return;
  switch (outcome.kind) {
  case WriteOutcome::Kind::connected:
    found_live(path, outcome.device, outcome.incarnation, outcome.reason);
    path.maker = Path::Maker::us;
    return;
  case WriteOutcome::Kind::connected_by:
    found_live(path, outcome.device, outcome.incarnation, outcome.reason);
    return;
  case WriteOutcome::Kind::failed:
    if (fabrics::lane_of(outcome.error_class) == RetryLane::secret)
      path.refused_secrets = outcome.secrets;
    if (outcome.error_class == ErrorClass::hung)
      suspect_portal(path);
    fail(path, outcome.error_class, outcome.reason, now);
    return;
  case WriteOutcome::Kind::postponed:
    --path.tries;
    path.reason = "waiting for another unresponsive target";
    schedule(path, outcome.wait, now);
    return;
  case WriteOutcome::Kind::cancelled:
    path.state = PathState::pending;
    path.reason = cancelled_reason;
    return;
  case WriteOutcome::Kind::kept_away:
    path.error_class.reset();
    path.reason = host::kept_away_reason;
    give_up(path);
    log_path(path);
    return;
  }
}

// Attempts that wait to be written to the same portal would be held up as long, one after the
// other.
void Attempts::suspect_portal(const Path& silent) {
  auto const same_portal = [&](PathId id) {
    const Path* const path = needs_.paths.find(id);
    return path && path->item.tid.endpoint->same_port(*silent.item.tid.endpoint);
  };
  for (auto* queue : {&answered_, &unprobed_}) {
    auto const suspects =
        std::stable_partition(queue->begin(), queue->end(), std::not_fn(same_portal));
    for (auto each = suspects; each != queue->end(); ++each) {
      needs_.paths.find(*each)->once_hung = true;
      suspects_.push_back(*each);
    }
    queue->erase(suspects, queue->end());
  }
}

void Attempts::found_live(Path& path, const std::string& device, std::uint64_t incarnation,
                          const std::string& reason) {
  // A controller that existed before any attempt is not news.
  bool const tried = path.tries > 0 || path.error_class.has_value();
  bool const news = tried && (path.state != PathState::live || path.device != device);
  needs_.locks.release(path.item.tid);
  bool const is_known = path.incarnation != 0 && incarnation != 0;
  if (path.device != device || (is_known && path.incarnation != incarnation)) {
    path.maker = Path::Maker::somebody;
    path.kept = false;
  }
  path.state = PathState::live;
  path.device = device;
  path.incarnation = incarnation;
  path.next_try.reset();
  path.awaits_network = false;
  path.error_class.reset();
  path.reason = reason;
  path.once_hung = false;
  proven_.insert(address_of(path));
  if (news) {
    log_path(path);
    needs_.actions.push_back(action::Progress{});
  }
}

void Attempts::fail(Path& path, ErrorClass error_class, std::string reason, BootTime now) {
  path.error_class = error_class;
  path.reason = std::move(reason);
  if (error_class == ErrorClass::hung)
    path.once_hung = true;
  // A record that says that its target is not there now has nothing to hurry for.
  switch (fabrics::lane_of(error_class, path.item.slow_lane)) {
  case RetryLane::none:
  case RetryLane::never:
  case RetryLane::event:
    give_up(path);
    break;
  case RetryLane::secret:
    give_up(path);
    path.next_try = now + secret_look_interval;
    break;
  case RetryLane::source:
    await_network(path, now);
    break;
  case RetryLane::soon:
    try_soon(path, now);
    break;
  case RetryLane::slow:
    schedule(path, path.item.retry.slow_delay, now);
    break;
  case RetryLane::fast:
    schedule(path, plan::jittered_delay(path.item.retry, path.tries, needs_.random()), now);
    break;
  }
  log_path(path);
}

// Nothing was tried: it is the host that is not ready. rtnetlink wakes the path; the delay is for
// changes without a message.
void Attempts::await_network(Path& path, BootTime now) {
  --path.tries;
  path.state = PathState::pending;
  path.awaits_network = true;
  path.next_try = now + path.item.retry.max_delay;
}

// Nothing was asked of the target: no try, whatever the rule allows.
void Attempts::try_soon(Path& path, BootTime now) {
  if (path.tries > 0)
    --path.tries;
  if (path.tries == 0)
    path.first_try.reset();
  path.state = PathState::waiting;
  path.next_try = now + local_delay;
}

void Attempts::schedule(Path& path, base::Duration delay, BootTime now) {
  BootTime const first = path.first_try.value_or(now);
  if (!plan::may_try_again(path.item.retry, path.tries, now - first)) {
    path.reason = fmt::format("no more tries after {}: {}", path.tries, path.reason);
    give_up(path);
    return;
  }
  path.next_try = now + delay;
  path.state = PathState::waiting;
  if (auto const holder = needs_.locks.hold(path.item.tid, needs_.context.source)) {
    path.state = PathState::pending;
    path.reason = fmt::format("duplicate-of: {} retries it", *holder);
  }
}

void Attempts::give_up(Path& path) {
  path.state = PathState::given_up;
  path.next_try.reset();
  needs_.locks.release(path.item.tid);
}

// A try that ends as the one before is not news.
void Attempts::log_path(Path& path) {
  systemd::JournalLine line = path_line(needs_.context, path);
  if (std::exchange(path.told, line.message) != line.message)
    needs_.actions.push_back(action::Log{std::move(line)});
}

bool Attempts::is_in_flight(PathId id) const {
  auto const& all = std::as_const(needs_.paths).all();
  auto const path = all.find(id);
  return path != all.end() && path->second.state == PathState::probing &&
         path->second.probe_began != base::infinite_duration;
}

void Attempts::forget_ended_probes() const {
  std::erase_if(probed_, [this](PathId id) { return !is_in_flight(id); });
}

std::size_t Attempts::probes_in_flight() const {
  forget_ended_probes();
  return probed_.size();
}

std::optional<BootTime> Attempts::youngest_probe() const {
  forget_ended_probes();
  std::optional<BootTime> youngest;
  for (PathId const id : probed_) {
    BootTime const began = needs_.paths.look(id).probe_began;
    youngest = std::max(youngest.value_or(began), began);
  }
  return youngest;
}

Path* Attempts::take_from(std::deque<PathId>& queue) {
  while (!queue.empty()) {
    Path* path = needs_.paths.find(queue.front());
    queue.pop_front();
    if (path)
      return path;
  }
  return nullptr;
}

Path* Attempts::take_answered() {
  auto const proven = std::find_if(answered_.begin(), answered_.end(), [this](PathId id) {
    const Path* const path = needs_.paths.find(id);
    return path && proven_.contains(address_of(*path));
  });
  if (proven == answered_.end())
    return take_from(answered_);
  Path* const path = needs_.paths.find(*proven);
  answered_.erase(proven);
  return path;
}

Path* Attempts::next_path(BootTime now) {
  if (Path* path = take_answered())
    return path;
  auto const young = youngest_probe();
  if (young && now - *young < courtesy)
    return nullptr;
  if (Path* path = take_from(unprobed_))
    return path;
  return take_from(suspects_);
}

void Attempts::pump(BootTime now) {
  if (stopped_)
    return;
  start_waiting_probes(now);
  if (writing())
    return;
  while (Path* path = next_path(now)) {
    if (needs_.is_denied && needs_.is_denied(*path)) {
      path->state = PathState::pending;
      needs_.locks.release(path->item.tid);
      continue;
    }
    writing_ = path->id;
    needs_.actions.push_back(
        action::Write{.path = path->id, .request = write_request(needs_.context, *path)});
    return;
  }
}

std::optional<BootTime> Attempts::next_pump(BootTime now) const {
  bool const waits = !unprobed_.empty() || !suspects_.empty();
  auto const young = youngest_probe();
  if (stopped_ || writing() || !waits || !young || now - *young >= courtesy)
    return std::nullopt;
  return *young + courtesy;
}

} // namespace nvmf::execute
