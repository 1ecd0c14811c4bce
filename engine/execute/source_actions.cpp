// The source's side of its session: each action, done.
#include "base/local_trouble.hpp"
#include "execute/source.hpp"
#include "host/controller_note.hpp"

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
// A controller that is not to stay is ended again so often where this host had trouble with it.
constexpr int disconnect_attempts = 3;

std::uint64_t micros_of(base::Duration duration) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

} // namespace

void Source::carry_out() {
  // An action may lead to others; they come out of the session in the next round.
  for (Actions actions = session_->take_actions(); !actions.empty();
       actions = session_->take_actions())
    for (const Action& action : actions)
      std::visit([this](const auto& each) { act(each); }, action);
}

void Source::act(const action::StartProbe& action) {
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
      .probe = std::move(*probe), .target = action.target, .paths = {action.path}, .source = this});
  sd_event_add_io(world_.event, &running->io, running->probe.fd(), running->probe.events(),
                  on_probe, running.get());
  sd_event_add_time_relative(world_.event, &running->timer, CLOCK_BOOTTIME,
                             micros_of(action.timeout), 1000, on_probe_timeout, running.get());
  probes_.push_back(std::move(running));
}

void Source::act(const action::StopProbe& action) {
  auto const last = std::remove_if(probes_.begin(), probes_.end(), [&](auto const& running) {
    if (running->paths.erase(action.path) == 0 || !running->paths.empty())
      return false;
    release(*running);
    return true;
  });
  probes_.erase(last, probes_.end());
}

void Source::release(RunningProbe& running) {
  sd_event_source_unref(running.io);
  sd_event_source_unref(running.timer);
}

void Source::end_probe(RunningProbe& running, const base::Result<void>& answer) {
  auto const found = std::find_if(probes_.begin(), probes_.end(),
                                  [&running](auto const& one) { return one.get() == &running; });
  auto const ended = std::move(*found);
  probes_.erase(found);
  release(*ended);
  for (PathId const path : ended->paths)
    session_->probe_done(path, answer, world_.clock.since_boot());
}

int Source::on_probe(sd_event_source* source, int, std::uint32_t, void* self) {
  RunningProbe& running = *static_cast<RunningProbe*>(self);
  auto const progress = running.probe.advance();
  if (progress && *progress == fabrics::Probe::Progress::accepted)
    sd_event_source_set_time_relative(running.timer, micros_of(fabrics::icresp_patience));
  if (progress && *progress != fabrics::Probe::Progress::answered)
    return sd_event_source_set_io_events(source, running.probe.events());
  base::Result<void> answer;
  if (!progress)
    answer = tl::unexpected(progress.error());
  Source& owner = *running.source;
  owner.world_.step(owner, [&] { owner.end_probe(running, answer); });
  return 0;
}

int Source::on_probe_timeout(sd_event_source*, std::uint64_t, void* self) {
  RunningProbe& running = *static_cast<RunningProbe*>(self);
  base::Result<void> const answer = tl::unexpected(running.probe.timed_out());
  Source& owner = *running.source;
  owner.world_.step(owner, [&] { owner.end_probe(running, answer); });
  return 0;
}

void Source::act(const action::Write& action) {
  world_.hands.write(action.request,
                     answer<WriteOutcome>([this, path = action.path](const WriteOutcome& outcome) {
                       session_->write_done(path, outcome, world_.clock.since_boot());
                     }));
}

void Source::act(const action::ReadLog& action) {
  LogRequest request = action.request;
  request.id = id_;
  world_.hands.read_log(request,
                        answer<LogOutcome>([this, path = action.path](const LogOutcome& outcome) {
                          if (!is_cancelled_)
                            session_->log_done(path, outcome, world_.host.look());
                        }));
}

void Source::act(const action::Disconnect& action) { disconnect(action, disconnect_attempts); }

void Source::disconnect(const action::Disconnect& action, int attempts) {
  world_.hands.disconnect(
      {.device = action.device, .tid = action.tid, .incarnation = action.incarnation, .id = id_},
      answer<base::Result<void>>([this, action, attempts](const base::Result<void>& done) {
        const std::string& device = action.device;
        // The hands may have ended before they came to it.
        if (!done && base::is_local_trouble(done.error().code) && attempts > 1)
          return disconnect(action, attempts - 1);
        if (!done)
          world_.journal.write({.priority = systemd::Priority::warning,
                                .message = "disconnect of " + device + ": " + done.error().message,
                                .fields = {{"NVMF_PLAN", id_}, {"NVMF_DEVICE", device}}});
        session_->disconnect_done(world_.clock.since_boot());
      }));
}

void Source::act(const action::Keep& action) {
  if (action.events == action::Keep::Events::own_session)
    return host::remove_controller_note(world_.files, action.device);
  host::write_controller_note(world_.files, action.device, {.id = id_, .stay = Stay::persistent});
}

void Source::act(const action::Adopt& action) {
  world_.hands.adopt(
      action.device,
      answer<base::Result<void>>([this, device = action.device](const base::Result<void>& adopted) {
        if (!adopted)
          world_.journal.write(
              {.priority = systemd::Priority::warning,
               .message = "no registry entry for " + device + ": " + adopted.error().message,
               .fields = {{"NVMF_PLAN", id_}, {"NVMF_DEVICE", device}}});
      }));
}

void Source::act(const action::Log& action) { world_.journal.write(action.line); }

void Source::act(const action::Save&) {
  if (!unsaved_since_)
    unsaved_since_ = world_.clock.since_boot();
}

// The state first: the result of the request must be in a file at every moment.
void Source::act(const action::Finish&) {
  finish_when_saved_ = true;
  act(action::Save{});
}

void Source::act(const action::Progress&) { (void)world_.hand_over.note_progress(id_); }

void Source::act(const action::BeginAgain& action) {
  if (action.logs == action::BeginAgain::Logs::read_again && !load_policy())
    return;
  if (session_->event().host_name.empty())
    return session_->begin(world_.host.look(), action.logs);
  resolve({session_->event().host_name},
          [this, logs = action.logs](bool) { session_->begin(world_.host.look(), logs); });
}

// When the state file has to tell what it does not tell yet.
BootTime Source::save_due() const {
  BootTime const earliest = saved_at_ + std::max(least_save_interval, save_share * save_took_);
  return outstanding_ > 0 ? std::max(earliest, *unsaved_since_ + burst) : earliest;
}

void Source::save() {
  BootTime const began = world_.clock.since_boot();
  State const state = this->state();
  auto const written = state_writer_.write(state);
  saved_at_ = world_.clock.since_boot();
  save_took_ = saved_at_ - began;
  unsaved_since_ = written ? std::nullopt : std::optional(saved_at_);
  if (written && !to_begin_ && std::exchange(finish_when_saved_, false)) {
    std::erase_if(claims_, [this](const host::RequestName& name) {
      return world_.hand_over.finish(name).has_value();
    });
    // Nobody else would take them away: the next save tries again.
    finish_when_saved_ = !claims_.empty();
    if (finish_when_saved_)
      unsaved_since_ = saved_at_;
  }
  saved_phase_ = state.phase;
  path_count_ = count_paths(state);
  summary_ =
      written ? summary_line(state, saved_at_) : "state not written: " + written.error().message;
}

} // namespace nvmf::execute
