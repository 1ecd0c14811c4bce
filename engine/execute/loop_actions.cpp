// The loop's hands: each action of the session, done.
#include "execute/loop.hpp"
#include "systemd/notify.hpp"

#include <memory>
#include <utility>

namespace nvmf::execute {

void Loop::carry_out() {
  // An action may lead to others; they come out of the session in the next round.
  for (Actions actions = session_->take_actions(); !actions.empty();
       actions = session_->take_actions())
    for (const Action& action : actions)
      std::visit([this](const auto& each) { act(each); }, action);
}

void Loop::act(const action::StartProbe& action) {
  // One that is still under way, of a path that was connected meanwhile and lost again.
  act(action::StopProbe{action.path});
  auto probe = fabrics::Probe::start(action.target);
  if (!probe) {
    session_->probe_done(action.path, tl::unexpected(probe.error()), world_.clock.since_boot());
    return;
  }
  auto running = std::make_unique<RunningProbe>(
      RunningProbe{.probe = std::move(*probe), .path = action.path, .loop = this});
  auto const micros = std::chrono::duration_cast<std::chrono::microseconds>(action.timeout).count();
  sd_event_add_io(event_, &running->io, running->probe.fd(), running->probe.events(), on_probe,
                  running.get());
  sd_event_add_time_relative(event_, &running->timer, CLOCK_BOOTTIME,
                             static_cast<std::uint64_t>(micros), 1000, on_probe_timeout,
                             running.get());
  probes_[action.path] = std::move(running);
}

void Loop::act(const action::StopProbe& action) {
  auto const found = probes_.find(action.path);
  if (found == probes_.end())
    return;
  sd_event_source_unref(found->second->io);
  sd_event_source_unref(found->second->timer);
  probes_.erase(found);
}

void Loop::end_probe(PathId path, const base::Result<void>& answer) {
  act(action::StopProbe{path});
  session_->probe_done(path, answer, world_.clock.since_boot());
}

int Loop::on_probe(sd_event_source* source, int, std::uint32_t, void* self) {
  RunningProbe& running = *static_cast<RunningProbe*>(self);
  auto const progress = running.probe.advance();
  if (progress && *progress == fabrics::Probe::Progress::waiting)
    return sd_event_source_set_io_events(source, running.probe.events());
  base::Result<void> answer;
  if (!progress)
    answer = tl::unexpected(progress.error());
  running.loop->end_probe(running.path, answer);
  return 0;
}

int Loop::on_probe_timeout(sd_event_source*, std::uint64_t, void* self) {
  RunningProbe& running = *static_cast<RunningProbe*>(self);
  base::Result<void> const answer = tl::unexpected(running.probe.timed_out());
  running.loop->end_probe(running.path, answer);
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
  writer_.post([this, device = action.device, tid = action.tid]() -> Worker::Completion {
    auto const done = connect_writer_.disconnect(device, tid);
    std::string const problem = done ? std::string() : done.error().message;
    return [this, device, problem] {
      if (!problem.empty())
        world_.journal.write({.priority = systemd::Priority::warning,
                              .message = "disconnect of " + device + ": " + problem,
                              .fields = {{"NVMF_PLAN", world_.id}, {"NVMF_DEVICE", device}}});
    };
  });
}

void Loop::act(const action::Tell& action) { world_.journal.write(action.line); }

void Loop::act(const action::Save&) { unsaved_ = true; }

// The state first: what the request leads to must stand somewhere at every moment.
void Loop::act(const action::Finish&) {
  save();
  if (!unsaved_)
    (void)hand_over_.finish(world_.id);
}

void Loop::act(const action::Progress&) { (void)hand_over_.note_progress(world_.id); }

void Loop::act(const action::BeginAgain& action) {
  if (action.logs == action::BeginAgain::Logs::read_again && !load_policy())
    return;
  session_->begin(look(), action.logs);
}

void Loop::save() {
  State const state = this->state();
  saved_at_ = world_.clock.since_boot();
  auto const written = write_state(world_.files, state, world_.clock);
  unsaved_ = !written;
  systemd::notify_status(written ? summary_line(state, saved_at_)
                                 : "state not written: " + written.error().message);
}

} // namespace nvmf::execute
