#include "execute/source.hpp"

#include "base/local_trouble.hpp"
#include "execute/messages.hpp"
#include "fabrics/option_string.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/route.hpp"
#include "host/run_paths.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace nvmf::execute {

namespace {

// How often a source that rests is looked at: whether its discovery controllers are still there.
constexpr base::Duration rest_look = std::chrono::minutes(1);

double random_share() {
  static thread_local std::mt19937 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

// The path of the state has a value by which it can be told what it is about.
bool names_something(const event::Event& event) {
  return event.endpoint.traddr || event.endpoint.transport == base::Transport::loop ||
         !event.host_name.empty();
}

} // namespace

Source::Source(SourceWorld& world, std::string id)
    : world_(world), id_(std::move(id)), locks_(world.holders, id_),
      state_writer_(world.files, world.clock) {
  remember();
  session_.emplace(
      Session::Setup{.id = id_,
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
}

Source::~Source() {
  for (auto const& probe : probes_)
    release(*probe);
}

std::set<std::string> Source::left_behind() const {
  auto const devices = host::transient_controllers(world_.files, id_);
  return {devices.begin(), devices.end()};
}

// A state that cannot be read (a later version wrote it, it is damaged) is kept beside the new
// state: nothing is known of it, and it may be wanted again.
void Source::remember() {
  auto found = read_state(world_.files, id_);
  if (found) {
    remembered_ = std::move(*found);
    return;
  }
  const std::string path = host::state_path(id_);
  const std::string aside = path + ".unusable";
  auto kept = world_.files.rename(path, aside);
  world_.journal.write(state_set_aside({.id = id_}, found.error().message, kept ? aside : path));
}

// Requests of several subjects meet here: one generation that begins after the last of them came
// serves them all.
void Source::take(const host::RequestName& name, plan::Plan plan, Session::Claim claim) {
  claims_.insert(name);
  // The requests to finish would be with this one.
  finish_when_saved_ = false;
  // A new request begins paths that were given up afresh, whatever was claimed before.
  bool const has_fresh = to_begin_ && to_begin_->claim == Session::Claim::fresh;
  if (claim == Session::Claim::fresh || !has_fresh)
    to_begin_ = ToBegin{.plan = std::move(plan), .claim = claim};
}

void Source::resume() {
  if (!to_begin_ && !session_->has_begun() && remembered_ && is_open(*remembered_))
    to_begin_ = ToBegin{.plan = remembered_->plan, .claim = Session::Claim::resumed};
}

void Source::begin() {
  // A planner that read another policy may have read a newer one.
  const std::string& digest = to_begin_->plan.policy.digest;
  bool const is_other = !digest.empty() && digest != world_.host.digest();
  if (!load_policy(is_other ? HostView::Look::again : HostView::Look::as_known))
    return;
  if (!world_.host.kernel_options()) {
    if (!std::exchange(asked_for_kernel_options_, true))
      world_.ask_kernel_options();
    return;
  }
  if (!std::exchange(names_asked_, false))
    if (auto names = names_to_ask_first(to_begin_->plan); !names.empty()) {
      // It is begun by whichever answer comes first.
      resolve(std::move(names), [](bool) {});
      return;
    }
  ToBegin next = std::move(*to_begin_);
  to_begin_.reset();
  session_->request(std::move(next.plan), next.claim, world_.host.look());
}

void Source::kernel_options_known(const base::Result<decide::KernelOptions>& options) {
  asked_for_kernel_options_ = false;
  if (!options)
    fail(options.error().message, base::is_local_trouble(options.error().code));
}

bool Source::load_policy(HostView::Look look) {
  auto policy = world_.host.policy(look);
  if (policy)
    policy_ = *policy;
  else
    stop_for(policy.error());
  return policy.has_value();
}

void Source::stop_for(const HostView::NoPolicy& problem) {
  fail(problem.why, problem.local_trouble);
}

// Something would have been tried, or asked, later.
bool Source::has_more_to_do() const {
  return to_begin_ || (session_->has_begun() &&
                       (!session_->idle() || session_->polls() || session_->follows_network()));
}

void Source::policy_changed() {
  if (!session_->has_begun())
    return;
  if (load_policy())
    session_->begin(world_.host.look(), action::BeginAgain::Logs::as_known);
}

// Before the session has begun it is what an earlier executor left, with the request that waits.
State Source::state() const {
  if (session_->has_begun())
    return session_->state();
  State state = remembered_.value_or(State{.id = id_});
  if (to_begin_)
    state.plan = to_begin_->plan;
  return state;
}

// Made anew where it was fulfilled, and some path is still tried.
void Source::keep_request() {
  if (!has_more_to_do() || !claims_.empty())
    return;
  if (auto kept = world_.hand_over.keep(state().plan))
    claims_.insert(std::move(*kept));
}

// The request stays: the host may have later what it lacks now.
void Source::fail(const std::string& why, bool for_a_moment) {
  keep_request();
  failed_for_a_moment_ = for_a_moment;
  end_as_failed(state(), why);
  standing_ = Standing::failed;
}

void Source::end_as_failed(State state, const std::string& why) {
  world_.journal.write(request_failed({.id = id_}, why));
  state.phase = Phase::failed;
  state.why = why;
  // Without an event nothing is known that a state could tell.
  if (names_something(state.plan.event))
    (void)write_state(world_.files, state, world_.clock);
  unsaved_since_.reset();
}

void Source::give_up(const std::string& why) {
  keep_request();
  for (const host::RequestName& name : std::exchange(claims_, {}))
    (void)world_.hand_over.set_aside(name);
  end_as_failed(state(), why);
  standing_ = Standing::ended;
}

void Source::cancel(const std::string& why) {
  session_->cancel(why);
  carry_out();
  State state = this->state();
  state.phase = Phase::cancelled;
  state.why = why;
  if (session_->has_begun() || remembered_ || to_begin_)
    (void)write_state(world_.files, state, world_.clock);
  unsaved_since_.reset();
  for (const host::RequestName& name : std::exchange(claims_, {}))
    (void)world_.hand_over.withdraw(name);
  is_cancelled_ = true;
  standing_ = Standing::ended;
}

// The kernel has answered after the request was withdrawn: the state says what there is.
void Source::note_late_answer() {
  carry_out();
  if (!world_.is_current(*this))
    return;
  (void)write_state(world_.files, state(), world_.clock);
  unsaved_since_.reset();
}

void Source::withdraw(const std::string& key) {
  session_->withdraw(key, world_.clock.since_boot());
}

void Source::tick(BootTime now) {
  if (session_->has_begun())
    session_->tick(now);
}

void Source::network_changed(BootTime now, const Session::Interfaces& interfaces) {
  if (session_->has_begun())
    session_->network_changed(now, interfaces);
}

bool Source::follows_network() const {
  return standing_ == Standing::busy || session_->follows_network();
}

bool Source::is_quiet() const { return session_->idle() && outstanding_ == 0 && !to_begin_; }

void Source::settle() {
  if (standing_ == Standing::failed || standing_ == Standing::ended)
    return;
  standing_ = Standing::busy;
  rest_until_.reset();
  if (to_begin_ && !asked_for_kernel_options_ && !resolving_)
    begin();
  carry_out();
  if (standing_ != Standing::busy)
    return;
  if (outstanding_ == 0)
    session_->let_go_of_controllers();
  bool const quiet = is_quiet();
  BootTime const now = world_.clock.since_boot();
  if (session_->has_begun() && unsaved_since_ && (quiet || now >= save_due()))
    save();
  if (quiet && !unsaved_since_)
    end();
}

// Nothing is left to do. A state that says `running` would be taken up again.
void Source::end() {
  if (session_->has_begun() && saved_phase_ == Phase::running)
    save();
  if (unsaved_since_)
    return;
  if (session_->has_begun() && !session_->is_wanted())
    return end_without_trace();
  standing_ = may_rest() ? Standing::resting : Standing::ended;
  if (standing_ == Standing::resting)
    rest_until_ = world_.clock.since_boot() + rest_look;
}

// Nothing is left to be told: the target is gone, or each address of its name has a request of its
// own.
void Source::end_without_trace() {
  for (const host::RequestName& name : std::exchange(claims_, {}))
    (void)world_.hand_over.finish(name);
  (void)world_.files.remove(host::state_path(id_));
  unsaved_since_.reset();
  path_count_ = {};
  standing_ = Standing::ended;
}

// The next event of a discovery controller that stays connected then finds what was told of it and
// what it listed.
bool Source::may_rest() const {
  if (!session_->has_begun() || world_.discovery == plan::DiscoveryStay::until_read)
    return false;
  if (session_->polls() || session_->follows_network())
    return true;
  auto const kept = session_->connected_discovery_controllers();
  return std::any_of(kept.begin(), kept.end(), [this](auto const& one) {
    return host::incarnation_of(world_.files, one.device) == one.incarnation;
  });
}

std::optional<BootTime> Source::next_time(BootTime now) const {
  if (standing_ == Standing::failed || standing_ == Standing::ended)
    return std::nullopt;
  std::optional<BootTime> next;
  auto const consider = [&](const std::optional<BootTime>& time) {
    if (time && (!next || *time < *next))
      next = time;
  };
  if (session_->has_begun())
    consider(session_->next_time(now));
  if (unsaved_since_)
    consider(save_due());
  consider(rest_until_);
  return next;
}

void Source::save_unsaved() {
  if (session_->has_begun() && unsaved_since_)
    save();
}

} // namespace nvmf::execute
