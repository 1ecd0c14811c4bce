#include "execute/session.hpp"

#include "base/local_trouble.hpp"
#include "base/nqn.hpp"
#include "event/from_entry.hpp"
#include "fabrics/discovery_log.hpp"
#include "plan/waiting.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace nvmf::execute {

namespace {

using fabrics::ErrorClass;
using Logs = action::BeginAgain::Logs;

// Whose log it is: a discovery controller's own has an entry about itself, one that refers to it an
// entry of either kind.
enum class LogOf : std::uint8_t { itself, parent };

// The log's entry about the discovery controller at that port: that it supports a persistent
// connection (EPCSD), or not; nothing: it does not list it.
std::optional<bool> supports_persistence(const event::DiscoveryLog& log, LogOf of,
                                         const base::Endpoint& port) {
  for (const event::LogEntry& entry : log.entries) {
    bool const is_self = entry.subtype == event::EntrySubtype::current_discovery;
    bool const is_referral = entry.subtype == event::EntrySubtype::referral;
    if (!is_self && !(is_referral && of == LogOf::parent))
      continue;
    auto const reading = event::from_entry(entry, {});
    std::optional<base::Endpoint> listed;
    if (const auto* usable = std::get_if<event::EntryEvent>(&reading))
      listed = usable->event.endpoint;
    else if (const auto& problem = std::get<event::EntryProblem>(reading);
             problem.kind == event::EntryProblem::Kind::self_entry)
      listed = problem.endpoint;
    if (listed && listed->same_port(port))
      return (entry.eflags & event::eflag_explicit_persistent_connection) != 0;
  }
  return std::nullopt;
}

bool has_source(const decide::Interface& interface, const decide::InterfaceAddress& source) {
  return interface.up && std::any_of(interface.addresses.begin(), interface.addresses.end(),
                                     [&](const decide::InterfaceAddress& own) {
                                       return own.address == source.address &&
                                              own.prefix_length == source.prefix_length;
                                     });
}

// An address of an interface that is up was not there before. One that goes changes nothing: its
// paths stay known and are tried for as long as they are wanted.
bool have_new_source(const Session::Interfaces& now, const Session::Interfaces& before) {
  if (!now || !before)
    return false;
  auto const is_new = [&](const decide::Interface& interface) {
    auto const known = std::find_if(before->begin(), before->end(), [&](const auto& other) {
      return other.name == interface.name;
    });
    return interface.up && std::any_of(interface.addresses.begin(), interface.addresses.end(),
                                       [&](const decide::InterfaceAddress& source) {
                                         return known == before->end() ||
                                                !has_source(*known, source);
                                       });
  };
  return std::any_of(now->begin(), now->end(), is_new);
}

} // namespace

Session::Session(Setup setup)
    : setup_(std::move(setup)), context_{.id = setup_.id},
      attempts_({.paths = paths_,
                 .actions = actions_,
                 .locks = *setup_.locks,
                 .context = context_,
                 .random = setup_.random,
                 .is_denied = [this](const Path& path) { return is_denied_now(path); }}) {}

void Session::request(plan::Plan plan, Claim claim, World world) {
  event_ = std::move(plan.event);
  claim_ = claim;
  request_open_ = true;
  begin(std::move(world), Logs::read_again);
}

void Session::begin(World world, Logs logs) {
  if (phase_ != Phase::running)
    return;
  now_ = world.now;
  Logs const wanted = again_ == Logs::read_again ? Logs::read_again : logs;
  // A log is being read for the generation that runs: its answer comes first.
  if (is_reading()) {
    again_ = wanted;
    return;
  }
  again_.reset();
  begin_generation(std::move(world), wanted);
}

bool Session::is_reading() const {
  return std::any_of(paths_.discovery().begin(), paths_.discovery().end(),
                     [this](PathId id) { return paths_.look(id).log_state == Path::Log::reading; });
}

void Session::probe_done(PathId id, const base::Result<void>& answer, BootTime now) {
  now_ = now;
  if (Path* path = paths_.find(id)) {
    attempts_.probe_done(*path, answer, now);
    changed();
  }
  attempts_.pump(now);
}

void Session::write_done(PathId id, const WriteOutcome& outcome, BootTime now) {
  now_ = now;
  attempts_.writer_is_free();
  if (Path* path = paths_.find(id)) {
    attempts_.write_done(*path, outcome, now);
    after_write(*path);
    changed();
  }
  attempts_.pump(now);
}

void Session::after_write(Path& path) {
  if (!path.is_discovery())
    return;
  if (phase_ != Phase::running)
    return end_unsettled(path);
  if (path.state == PathState::live) {
    if (!path.replaced_device.empty() && path.replaced_device != path.device)
      disconnect(path.replaced_device, path.item.tid, path.replaced_incarnation);
    path.replaced_device.clear();
    read_log(path);
  } else if (!path.replaced_device.empty()) {
    fall_back(path);
  }
}

// The controller cannot be had under its own NQN: the well-known one serves.
void Session::fall_back(Path& path) {
  attempts_.drop(path);
  path.item.tid.subsystem_nqn = std::string(base::well_known_discovery_nqn);
  attempts_.found_live(path, path.replaced_device, path.replaced_incarnation, {});
  path.maker = Path::Maker::us;
  path.replaced_device.clear();
  read_log(path);
}

// Routes change while a path waits. Decided again, it is denied, and said to be.
bool Session::is_denied_now(const Path& path) {
  bool const denied = !policy_->guards.empty() && path.index && path.generation == generation_ &&
                      run_->is_denied_now(*path.index);
  if (denied)
    actions_.push_back(action::BeginAgain{.logs = Logs::as_known});
  return denied;
}

// As of the latest look at the host.
std::uint64_t Session::incarnation_of(const std::string& device) const {
  const decide::Controller* const controller = controller_of(device);
  return controller == nullptr ? 0 : controller->incarnation;
}

const decide::Controller* Session::controller_of(const std::string& device) const {
  return facts_.controllers ? facts_.controllers->find(device) : nullptr;
}

void Session::read_log(Path& path) {
  if (phase_ != Phase::running || path.log_state == Path::Log::reading)
    return;
  bool const as_it_is = path.maker == Path::Maker::somebody || path.unique_nqn_tried ||
                        path.item.tid.subsystem_nqn != base::well_known_discovery_nqn;
  path.log_state = Path::Log::reading;
  path.next_try.reset();
  actions_.push_back(action::ReadLog{
      .path = path.id,
      .request = {.item = path.item,
                  .device = path.device,
                  .max_entries = policy_->limits.log_entries,
                  .nqn = as_it_is ? LogRequest::Nqn::as_it_is : LogRequest::Nqn::unique_first}});
}

// The news of the bystander is heard at once, whatever becomes of our own controller, and the
// bystander can report the next.
void Session::read_bystander(Path& path) {
  if (phase_ != Phase::running || path.log_state == Path::Log::reading)
    return;
  path.log_state = Path::Log::reading;
  path.reads_bystander = true;
  actions_.push_back(action::ReadLog{.path = path.id,
                                     .request = {.item = path.item,
                                                 .device = path.item.bystander,
                                                 .max_entries = policy_->limits.log_entries}});
}

void Session::bystander_was_read(Path& path, const LogOutcome& outcome, World world) {
  bool const ours_is_live = path.state == PathState::live && !path.device.empty();
  if (ours_is_live)
    return read_log(path);
  if (outcome.kind != LogOutcome::Kind::read)
    return;
  bool const known = path.decided_in == generation_;
  path.log = outcome.log;
  path.log_read = now_;
  if (known)
    return begin_generation(std::move(world), Logs::as_known);
  facts_ = std::move(world.facts);
  decide_log_of(path, Path::Log::stored);
}

void Session::log_done(PathId id, const LogOutcome& outcome, World world) {
  now_ = world.now;
  Path* path = paths_.find(id);
  if (!path || path->log_state != Path::Log::reading)
    return begin_waiting_request();
  path->log_state = Path::Log::unknown;
  if (std::exchange(path->reads_bystander, false)) {
    bystander_was_read(*path, outcome, std::move(world));
    changed();
    begin_waiting_request();
    return attempts_.pump(now_);
  }
  switch (outcome.kind) {
  case LogOutcome::Kind::read:
    log_was_read(*path, outcome, std::move(world));
    break;
  case LogOutcome::Kind::reconnect_as:
    reconnect_as(*path, outcome.own_nqn);
    break;
  case LogOutcome::Kind::gone:
    forget_device(*path);
    break;
  case LogOutcome::Kind::failed:
    retry_log(*path, outcome.error);
    break;
  }
  changed();
  begin_waiting_request();
  attempts_.pump(now_);
}

// A request stays until its work begins: it must not go before.
void Session::begin_waiting_request() {
  if (again_ && !is_reading())
    actions_.push_back(action::BeginAgain{.logs = *again_});
}

void Session::log_was_read(Path& path, const LogOutcome& outcome, World world) {
  bool const known = path.decided_in == generation_;
  path.log = outcome.log;
  path.own_nqn = outcome.own_nqn;
  path.log_read = now_;
  path.tries = 0;
  path.first_try.reset();
  path.error_class.reset();
  path.reason.clear();
  path.state = PathState::live;
  setup_.locks->release(path.item.tid);
  path.told_log.clear();
  actions_.push_back(action::Log{log_read(context_, path)});
  actions_.push_back(action::Progress{});
  std::string const device = path.device;
  settle_persistence(path);
  // A controller that is let go here is no longer connected, though sysfs listed it a moment ago.
  if (path.device.empty() && world.facts.controllers)
    std::erase_if(world.facts.controllers->edit(),
                  [&](const decide::Controller& each) { return each.device == device; });
  if (known) {
    // This generation was decided with an older log of the same controller.
    path.log_state = Path::Log::read;
    begin_generation(std::move(world), Logs::as_known);
    return;
  }
  facts_ = std::move(world.facts);
  decide_log_of(path, Path::Log::read);
}

// Its log's entry about itself, else the log that refers to it, shows whether it supports a
// persistent connection; a controller of several ports lists them all.
bool Session::is_to_stay(const Path& path) {
  if (!path.item.persistent_if_supported)
    return path.item.keep_connected;
  if (auto const own = supports_persistence(*path.log, LogOf::itself, *path.item.tid.endpoint))
    return *own;
  for (const auto& [id, other] : std::as_const(paths_).all())
    if (path.item.parent && other.index == path.item.parent &&
        other.generation == path.generation && other.log)
      return supports_persistence(*other.log, LogOf::parent, *path.item.tid.endpoint)
          .value_or(false);
  return false;
}

// A discovery controller that we made and that need not stay goes when its log was read, and is
// asked again later.
void Session::settle_persistence(Path& path) {
  bool const keep = is_to_stay(path);
  if (path.maker != Path::Maker::us)
    return;
  if (keep) {
    using Events = action::Keep::Events;
    path.kept = true;
    actions_.push_back(action::Keep{
        .device = path.device, .events = path.item.parent ? Events::own_session : Events::here});
    return;
  }
  disconnect(path.device, path.item.tid, path.incarnation);
  path.device.clear();
  path.maker = Path::Maker::somebody;
  path.kept = false;
  path.reason = "log read, not kept connected";
  if (path.item.poll != base::infinite_duration) {
    poll_interval_ = path.item.poll;
    next_poll_ = std::min(next_poll_.value_or(now_ + poll_interval_), now_ + poll_interval_);
  }
}

// The request stays until it is done: after a kill it is what brings somebody who ends the rest.
void Session::disconnect(const std::string& device, const plan::Tid& tid,
                         std::uint64_t incarnation) {
  ++disconnects_;
  actions_.push_back(action::Disconnect{device, tid, incarnation});
}

void Session::disconnect_done(BootTime now) {
  now_ = now;
  --disconnects_;
  changed();
}

void Session::reconnect_as(Path& path, const std::string& nqn) {
  path.unique_nqn_tried = true;
  path.replaced_device = path.device;
  path.replaced_incarnation = path.incarnation;
  path.own_nqn = nqn;
  path.item.tid.subsystem_nqn = nqn;
  attempts_.write_without_probe(path);
}

// The device is not the one any more; the event still names an endpoint.
void Session::forget_device(Path& path) {
  // Made or found a moment ago and gone at once: not again without a delay.
  bool const at_once = path.maker == Path::Maker::us || path.tries > 0;
  std::uint32_t const tries = path.tries;
  auto const first_try = path.first_try;
  Attempts::start_afresh(path);
  path.maker = Path::Maker::somebody;
  if (!at_once)
    return start(path);
  path.tries = tries;
  path.first_try = first_try;
  attempts_.fail(path, ErrorClass::log_unreadable, "gone before its log was read", now_);
}

void Session::retry_log(Path& path, const base::Error& error) {
  ErrorClass error_class = ErrorClass::log_unreadable;
  if (error.code == fabrics::log_unstable_code)
    error_class = ErrorClass::log_unstable;
  else if (base::is_local_trouble(error.code))
    error_class = ErrorClass::local;
  ++path.tries;
  path.first_try = path.first_try.value_or(now_);
  path.reason = error.message;
  systemd::JournalLine line = log_failed(context_, path);
  if (std::exchange(path.told_log, line.message) != line.message)
    actions_.push_back(action::Log{std::move(line)});
  attempts_.fail(path, error_class, error.message, now_);
}

void Session::start(Path& path) {
  if (phase_ == Phase::running)
    attempts_.start(path, now_);
}

void Session::wake(Path& path) {
  if (std::exchange(path.is_doubted, false)) {
    if (stays_away(path))
      return;
    Attempts::start_afresh(path);
  }
  // Connected, but its log could not be read.
  if (path.is_discovery() && !path.device.empty()) {
    path.state = PathState::live;
    read_log(path);
  } else {
    start(path);
  }
}

void Session::network_changed(BootTime now, const Interfaces& interfaces) {
  now_ = now;
  if (phase_ != Phase::running)
    return;
  for (auto& [id, path] : paths_.all()) {
    if (path.state == PathState::pending && path.awaits_network)
      start(path);
  }
  if (awaits_route_ || (follows_interfaces_ && have_new_source(interfaces, facts_.interfaces)))
    actions_.push_back(action::BeginAgain{.logs = Logs::as_known});
  else
    look_again();
  changed();
  attempts_.pump(now);
}

void Session::tick(BootTime now) {
  now_ = now;
  if (phase_ != Phase::running)
    return;
  bool anything = false;
  for (auto& [id, path] : paths_.all())
    if (path.next_try && *path.next_try <= now && is_due(path)) {
      wake(path);
      anything = true;
    }
  if (anything)
    changed();
  if (next_look_ && *next_look_ <= now)
    look_again();
  // With any result, the next one is due all the same.
  if (next_poll_ && *next_poll_ <= now) {
    next_poll_ = now + poll_interval_;
    actions_.push_back(action::BeginAgain{.logs = Logs::read_again});
  }
  attempts_.pump(now);
}

// Its time has come; whether it is tried depends on what it waits for. If not, it gets a new time.
bool Session::is_due(Path& path) {
  if (path.state == PathState::given_up) {
    path.next_try = now_ + secret_look_interval;
    if (!secrets_changed(path))
      return false;
    Attempts::start_afresh(path);
  }
  bool const of_another_source = path.state == PathState::pending && !path.awaits_network;
  if (of_another_source && setup_.locks->hold(path.item.tid, context_.source)) {
    path.next_try = now_ + std::min(path.item.retry.max_delay, look_interval);
    return false;
  }
  return true;
}

// Decides again what the host held back, with the logs that are known.
void Session::look_again() {
  next_look_.reset();
  if (!waits_for_world()) {
    look_delay_ = local_delay;
    return;
  }
  if (must_look())
    next_look_ = time_of_next_look();
  else
    look_delay_ = local_delay;
  actions_.push_back(action::BeginAgain{.logs = Logs::as_known});
}

BootTime Session::time_of_next_look() {
  return now_ + std::exchange(look_delay_, std::min(2 * look_delay_, look_interval));
}

bool Session::waits_for_world() const {
  return run_ && std::any_of(run_->items().begin(), run_->items().end(), [](const auto& item) {
           return plan::waits_for_network(item) || plan::waits_for_look(item);
         });
}

bool Session::must_look() const {
  return run_ && std::any_of(run_->items().begin(), run_->items().end(), plan::waits_for_look);
}

bool Session::secrets_changed(const Path& path) const {
  return !path.refused_secrets || setup_.fingerprint(path.item) != *path.refused_secrets;
}

void Session::withdraw(const std::string& key, BootTime now) {
  now_ = now;
  Path* const path = paths_.find(key);
  if (!path || phase_ != Phase::running || path->state == PathState::live)
    return;
  attempts_.withdraw(*path);
  changed();
  attempts_.pump(now);
}

void Session::cancel(const std::string& why) {
  if (phase_ != Phase::running)
    return;
  phase_ = Phase::cancelled;
  why_ = why;
  attempts_.stop();
  for (auto& [id, path] : paths_.all())
    if (path.state == PathState::probing)
      actions_.push_back(action::StopProbe{id});
  actions_.push_back(action::Log{cancelled(context_, why)});
  changed();
}

void Session::changed() {
  drop_unlisted();
  finish_if_read();
  actions_.push_back(action::Save{});
}

Actions Session::take_actions() { return std::exchange(actions_, {}); }

std::optional<BootTime> Session::next_time(BootTime now) const {
  if (phase_ != Phase::running)
    return std::nullopt;
  std::optional<BootTime> next = next_look_;
  auto const consider = [&](const std::optional<BootTime>& time) {
    if (time && (!next || *time < *next))
      next = time;
  };
  consider(paths_.next_try());
  consider(next_poll_);
  consider(attempts_.next_pump(now));
  return next;
}

bool Session::idle() const {
  return phase_ != Phase::running || (paths_.all_settled() && !attempts_.writing() &&
                                      disconnects_ == 0 && !again_ && !waits_for_world());
}

bool Session::is_wanted() const {
  return run_ && !run_->items().empty() &&
         run_->items().front().outcome != decide::Outcome::ignored;
}

std::vector<Session::ConnectedController> Session::connected_discovery_controllers() const {
  std::vector<ConnectedController> found;
  for (PathId const id : paths_.discovery())
    if (const Path& path = paths_.look(id); path.state == PathState::live && !path.device.empty())
      found.push_back({.device = path.device, .incarnation = path.incarnation});
  return found;
}

State Session::state() const {
  State state{.id = setup_.id, .phase = phase_, .why = why_};
  if (phase_ == Phase::running && idle())
    state.phase = Phase::done;
  if (run_)
    state.plan = run_->plan();
  state.plan.id = setup_.id;
  state.plan.event = event_;
  state.follows_network = follows_network();
  for (const auto& [id, path] : paths_.all()) {
    PathRecord record = record_of(path);
    if (path.generation != generation_)
      record.item.reset();
    state.paths.push_back(std::move(record));
    if (path.log)
      state.logs.push_back({.tid = path.item.tid,
                            .device = path.device,
                            .incarnation = path.incarnation,
                            .log = *path.log,
                            .read = path.log_read});
  }
  return state;
}

} // namespace nvmf::execute
