// The loop's side of the hand-over: which request is carried out, and with what.
#include "analyze/reachability.hpp"
#include "base/local_trouble.hpp"
#include "execute/loop.hpp"
#include "execute/messages.hpp"
#include "host/gather.hpp"
#include "load/last_good.hpp"
#include "systemd/notify.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

namespace nvmf::execute {

namespace {

ExitCode exit_code_of(int code) {
  if (base::is_local_trouble(code))
    return ExitCode::again;
  return code == EACCES || code == EPERM ? ExitCode::not_permitted : ExitCode::no_device;
}

// An unreadable request is of no use to the next executor either.
ExitCode claim_code(const base::Error& error) {
  return base::is_local_trouble(error.code) ? ExitCode::again : ExitCode::invalid;
}

} // namespace

// A waiting request; or the one that an executor before us had claimed; or the retries that it left
// open.
void Loop::claim_first() {
  auto fresh = hand_over_.claim(world_.id);
  if (!fresh)
    return fail(fresh.error().message, claim_code(fresh.error()));
  auto resumed = *fresh ? decltype(fresh)(std::nullopt) : hand_over_.claimed(world_.id);
  if (!resumed)
    return fail(resumed.error().message, claim_code(resumed.error()));
  auto const starts = hand_over_.count_start(world_.id);
  if (starts && *starts > host::HandOver::most_starts) {
    (void)hand_over_.set_aside(world_.id);
    return fail(fmt::format("given up after {} starts without progress", *starts - 1),
                ExitCode::invalid);
  }
  if (*fresh)
    return begin(std::move(**fresh), Session::Claim::fresh);
  if (*resumed)
    return begin(std::move(**resumed), Session::Claim::resumed);
  // One that ended by itself has left another phase; one that was ended while it waited to ask a
  // discovery controller again goes on.
  bool const polled = remembered_ && remembered_->phase == Phase::done &&
                      std::any_of(remembered_->logs.begin(), remembered_->logs.end(),
                                  [](const LogRecord& log) { return log.device.empty(); });
  if (remembered_ && (polled || remembered_->phase == Phase::running))
    return begin(remembered_->plan, Session::Claim::resumed);
  (void)hand_over_.note_progress(world_.id);
  exit_ = ExitCode::done;
}

void Loop::claim_again() {
  if (stop_by_ || exit_)
    return;
  auto fresh = hand_over_.claim(world_.id);
  if (claim_unread_ && fresh && !*fresh)
    fresh = hand_over_.claimed(world_.id);
  bool const known = claim_unread_;
  claim_unread_ = !fresh && base::is_local_trouble(fresh.error().code);
  if (!fresh && !(known && claim_unread_))
    world_.journal.write(request_failed({.id = world_.id}, fresh.error().message));
  else if (fresh && *fresh)
    begin(std::move(**fresh), Session::Claim::fresh);
}

void Loop::begin(plan::Plan plan, Session::Claim claim) {
  // The request to finish would be the one that was just claimed.
  finish_when_saved_ = false;
  if (!load_policy())
    return;
  if (kernel_options_ && must_ask_names_first(plan)) {
    to_begin_ = ToBegin{.plan = std::move(plan), .claim = claim};
    return;
  }
  if (kernel_options_) {
    session_->request(std::move(plan), claim, look());
    carry_out();
    return;
  }
  bool const asked = to_begin_.has_value();
  to_begin_ = ToBegin{.plan = std::move(plan), .claim = claim};
  if (!asked)
    find_kernel_options();
}

// The kernel shows them only when no connect of the host is under way, which may last a minute: not
// waited for on the loop.
void Loop::find_kernel_options() {
  readers_.post([this]() -> Worker::Completion {
    auto options = world_.port.kernel_options();
    return [this, options = std::move(options)] {
      if (stop_by_ || exit_)
        return;
      if (!options)
        return fail(options.error().message, exit_code_of(options.error().code));
      kernel_options_ = *options;
      ToBegin const next = std::move(*to_begin_);
      to_begin_.reset();
      begin(next.plan, next.claim);
    };
  });
}

// Before the session has begun it is what an earlier executor left, with the request that waits.
State Loop::state() const {
  if (session_ && session_->has_begun())
    return session_->state();
  State state = remembered_.value_or(State{.id = world_.id});
  if (to_begin_)
    state.plan = to_begin_->plan;
  return state;
}

// The request stays where it is: another start, or the sweep, takes it up again.
void Loop::fail(const std::string& why, ExitCode code) {
  // A start for which the host has no room, device or permission is not the request's fault: it is
  // asked for again when that may be another.
  if (code != ExitCode::invalid)
    (void)hand_over_.note_progress(world_.id);
  world_.journal.write(request_failed({.id = world_.id}, why));
  systemd::notify_status(why);
  State state = this->state();
  state.phase = Phase::failed;
  state.why = why;
  // Without an event nothing is known that a state could tell.
  if (state.plan.event.endpoint.traddr ||
      state.plan.event.endpoint.transport == base::Transport::loop ||
      !state.plan.event.host_name.empty())
    (void)write_state(world_.files, state, world_.clock);
  unsaved_since_.reset();
  serving_.reset();
  exit_ = code;
}

bool Loop::load_policy() {
  auto in_force = load::load_in_force(world_.files, load::LastGoodPlace::run_then_var);
  if (!in_force.why.empty() && in_force.why != reported_problem_) {
    reported_problem_ = in_force.why;
    world_.journal.write({.priority = systemd::Priority::warning,
                          .message_id = systemd::message::policy_broken,
                          .message = in_force.consequence(),
                          .fields = {{"NVMF_PLAN", world_.id}}});
  }
  if (!in_force.policy) {
    // The paths still to be tried are taken up again when a policy comes.
    if (session_ && session_->has_begun() && !session_->idle())
      (void)hand_over_.keep(state().plan);
    // It waits for a policy; a start that finds none is not its fault.
    (void)hand_over_.note_progress(world_.id);
    fail(in_force.why.empty() ? "there is no policy" : in_force.why,
         in_force.current.local_trouble ? ExitCode::again : ExitCode::invalid);
    return false;
  }
  if (in_force.current.policy == in_force.policy)
    (void)load::store_last_good(world_.files, in_force.current, world_.clock);
  policy_ = std::move(in_force.policy);
  return true;
}

// A path that waits under an old policy would be tried for days although nobody wants it any more.
void Loop::policy_may_have_changed() {
  std::string const before = policy_ ? policy_->digest : std::string();
  if (load_policy() && policy_->digest != before && !to_begin_)
    session_->begin(look(), action::BeginAgain::Logs::as_known);
}

decide::Facts Loop::facts() {
  bool const this_host = world_.root.empty();
  decide::Facts facts =
      host::gather(world_.files, {.policy = policy_.get(),
                                  .credentials_directory = world_.credentials_directory,
                                  .network = this_host ? host::GatherRequest::Network::this_host
                                                       : host::GatherRequest::Network::unknown,
                                  .kernel_options = kernel_options_});
  // Unknown means any: a failed read must not make a path leave by another interface.
  if (facts.interfaces)
    interfaces_ = facts.interfaces;
  else
    facts.interfaces = interfaces_;
  return facts;
}

Session::World Loop::look() {
  return {.policy = policy_, .facts = facts(), .now = world_.clock.since_boot()};
}

} // namespace nvmf::execute
