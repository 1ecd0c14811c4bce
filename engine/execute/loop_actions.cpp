// The loop's hands: each action of the session, done.
#include "execute/loop.hpp"
#include "host/controller_note.hpp"
#include "systemd/notify.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace nvmf::execute {

namespace {

// From a change to the state file while more is under way: a burst of answers makes one. A planner
// that handles the loss of a controller finds its values there.
constexpr base::Duration burst(500);
// Between two writes of the state file otherwise.
constexpr base::Duration least_save_interval(100);
// And of the time no more than a fiftieth: with many paths the file is long.
constexpr int save_share = 50;

std::uint64_t micros_of(base::Duration duration) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

} // namespace

void Loop::carry_out() {
  // An action may lead to others; they come out of the session in the next round.
  for (Actions actions = session_->take_actions(); !actions.empty();
       actions = session_->take_actions())
    for (const Action& action : actions)
      std::visit([this](const auto& each) { act(each); }, action);
}

void Loop::act(const action::StartProbe& action) {
  ask_names_again();
  // One that is still under way, of a path that was connected meanwhile and lost again.
  act(action::StopProbe{action.path});
  for (auto const& other : probes_)
    if (other->target == action.target) {
      other->paths.insert(action.path);
      return;
    }
  auto probe = fabrics::Probe::start(action.target);
  if (!probe) {
    session_->probe_done(action.path, tl::unexpected(probe.error()), world_.clock.since_boot());
    return;
  }
  auto running = std::make_unique<RunningProbe>(RunningProbe{
      .probe = std::move(*probe), .target = action.target, .paths = {action.path}, .loop = this});
  sd_event_add_io(event_, &running->io, running->probe.fd(), running->probe.events(), on_probe,
                  running.get());
  sd_event_add_time_relative(event_, &running->timer, CLOCK_BOOTTIME, micros_of(action.timeout),
                             1000, on_probe_timeout, running.get());
  probes_.push_back(std::move(running));
}

void Loop::act(const action::StopProbe& action) {
  auto const last = std::remove_if(probes_.begin(), probes_.end(), [&](auto const& running) {
    if (running->paths.erase(action.path) == 0 || !running->paths.empty())
      return false;
    release(*running);
    return true;
  });
  probes_.erase(last, probes_.end());
}

void Loop::release(RunningProbe& running) {
  sd_event_source_unref(running.io);
  sd_event_source_unref(running.timer);
}

void Loop::end_probe(RunningProbe& running, const base::Result<void>& answer) {
  auto const found = std::find_if(probes_.begin(), probes_.end(),
                                  [&running](auto const& one) { return one.get() == &running; });
  auto const ended = std::move(*found);
  probes_.erase(found);
  release(*ended);
  for (PathId const path : ended->paths)
    session_->probe_done(path, answer, world_.clock.since_boot());
}

int Loop::on_probe(sd_event_source* source, int, std::uint32_t, void* self) {
  RunningProbe& running = *static_cast<RunningProbe*>(self);
  auto const progress = running.probe.advance();
  if (progress && *progress == fabrics::Probe::Progress::accepted)
    sd_event_source_set_time_relative(running.timer, micros_of(fabrics::icresp_patience));
  if (progress && *progress != fabrics::Probe::Progress::answered)
    return sd_event_source_set_io_events(source, running.probe.events());
  base::Result<void> answer;
  if (!progress)
    answer = tl::unexpected(progress.error());
  running.loop->end_probe(running, answer);
  return 0;
}

int Loop::on_probe_timeout(sd_event_source*, std::uint64_t, void* self) {
  RunningProbe& running = *static_cast<RunningProbe*>(self);
  base::Result<void> const answer = tl::unexpected(running.probe.timed_out());
  running.loop->end_probe(running, answer);
  return 0;
}

void Loop::act(const action::Write& action) {
  writer_.post([this, path = action.path, request = action.request]() -> Worker::Completion {
    WriteOutcome outcome = connect_writer_.write(request);
    return [this, path, outcome = std::move(outcome)] {
      session_->write_done(path, outcome, world_.clock.since_boot());
    };
  });
}

void Loop::act(const action::ReadLog& action) {
  readers_.post([this, path = action.path, request = action.request]() -> Worker::Completion {
    auto outcome = std::make_shared<LogOutcome>(log_reader_.read(request));
    return [this, path, outcome] { session_->log_done(path, *outcome, look()); };
  });
}

void Loop::act(const action::Disconnect& action) {
  writer_.post([this, device = action.device, tid = action.tid,
                incarnation = action.incarnation]() -> Worker::Completion {
    auto const done = connect_writer_.disconnect(device, tid, incarnation);
    std::string const problem = done ? std::string() : done.error().message;
    return [this, device, problem] {
      if (!problem.empty())
        world_.journal.write({.priority = systemd::Priority::warning,
                              .message = "disconnect of " + device + ": " + problem,
                              .fields = {{"NVMF_PLAN", world_.id}, {"NVMF_DEVICE", device}}});
      session_->disconnect_done(world_.clock.since_boot());
    };
  });
}

void Loop::act(const action::Keep& action) {
  if (action.events == action::Keep::Events::own_session)
    return host::remove_controller_note(world_.files, action.device);
  host::write_controller_note(world_.files, action.device,
                              {.id = world_.id, .stay = Stay::persistent});
}

void Loop::act(const action::Adopt& action) {
  writer_.post([this, device = action.device]() -> Worker::Completion {
    auto const adopted = connect_writer_.adopt_firmware_path(device);
    std::string const problem = adopted ? std::string() : adopted.error().message;
    return [this, device, problem] {
      if (!problem.empty())
        world_.journal.write({.priority = systemd::Priority::warning,
                              .message = "no registry entry for " + device + ": " + problem,
                              .fields = {{"NVMF_PLAN", world_.id}, {"NVMF_DEVICE", device}}});
    };
  });
}

void Loop::act(const action::Log& action) { world_.journal.write(action.line); }

void Loop::act(const action::Save&) {
  if (!unsaved_since_)
    unsaved_since_ = world_.clock.since_boot();
}

// The state first: the result of the request must be in a file at every moment.
void Loop::act(const action::Finish&) {
  finish_when_saved_ = true;
  act(action::Save{});
}

void Loop::act(const action::Progress&) { (void)hand_over_.note_progress(world_.id); }

void Loop::act(const action::BeginAgain& action) {
  if (action.logs == action::BeginAgain::Logs::read_again && !load_policy())
    return;
  if (session_->event().host_name.empty())
    return session_->begin(look(), action.logs);
  resolve({session_->event().host_name},
          [this, logs = action.logs](bool) { session_->begin(look(), logs); });
}

// Stopped before the session began: what an earlier executor knew stays known.
void Loop::save_as_cancelled(const std::string& why) {
  State state = this->state();
  state.phase = Phase::cancelled;
  state.why = why;
  if (remembered_ || to_begin_)
    (void)write_state(world_.files, state, world_.clock);
  unsaved_since_.reset();
}

// When the state file has to tell what it does not tell yet.
BootTime Loop::save_due() {
  BootTime const due = saved_at_ + std::max(least_save_interval, save_share * save_took_);
  return writer_.busy() || readers_.busy() ? std::max(due, *unsaved_since_ + burst) : due;
}

void Loop::save() {
  BootTime const began = world_.clock.since_boot();
  State const state = this->state();
  auto const written = state_writer_.write(state);
  saved_at_ = world_.clock.since_boot();
  save_took_ = saved_at_ - began;
  unsaved_since_ = written ? std::nullopt : std::optional(saved_at_);
  // The file still to be read is the same.
  if (written && !claim_unread_ && std::exchange(finish_when_saved_, false) &&
      !hand_over_.finish(world_.id)) {
    // Nobody else would take it away: the next save tries again.
    finish_when_saved_ = true;
    unsaved_since_ = saved_at_;
  }
  saved_phase_ = state.phase;
  systemd::notify_status(written ? summary_line(state, saved_at_)
                                 : "state not written: " + written.error().message);
}

} // namespace nvmf::execute
