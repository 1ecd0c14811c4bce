// A source's host names: asked of the host's resolver, and what comes of the answers.
#include "execute/source.hpp"
#include "host/route.hpp"
#include "host/run_paths.hpp"
#include "plan/endpoints.hpp"
#include "plan/run.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <utility>

namespace nvmf::execute {

namespace {

// Between two looks at the names of a target whose paths are tried again.
constexpr base::Duration ask_interval = std::chrono::seconds(5);

std::vector<std::string> names_of(const policy::Target& target) {
  std::vector<std::string> names;
  for (const policy::TargetEndpoint& endpoint : target.endpoints)
    if (!endpoint.host_name.empty())
      names.push_back(endpoint.host_name);
  return names;
}

bool is_wanted(const plan::Plan& plan) {
  return std::any_of(plan.items.begin(), plan.items.end(), [](const plan::Item& item) {
    return item.outcome != decide::Outcome::ignored && item.outcome != decide::Outcome::denied;
  });
}

} // namespace

void Source::resolve(std::vector<std::string> names, NamesAreKnown then) {
  if (resolving_)
    return;
  resolving_ = true;
  auto known = [this, names, then = std::move(then)](const NameAsker::Answers& answers) {
    resolving_ = false;
    if (is_cancelled_)
      return;
    resolved_at_ = world_.clock.since_boot();
    world_.host.forget();
    bool const changed = std::any_of(names.begin(), names.end(), [&](const auto& name) {
      return differ(answers.before, answers.now, name);
    });
    if (!hand_over_addresses(answers.before, answers.now, names))
      return fail("the requests for the addresses of a name could not be written", true);
    if (answers.now.contains(own_name()))
      return end_without_trace();
    if (to_begin_)
      names_asked_ = true;
    else
      then(changed);
  };
  world_.names.ask(std::move(names), answer<NameAsker::Answers>(std::move(known)));
}

// Each address of a name is a source of its own. False: not all of them could be asked for.
bool Source::hand_over_addresses(const event::Names& before, const event::Names& now,
                                 const std::vector<std::string>& names) {
  bool are_asked_for = true;
  decide::Facts known = world_.host.facts();
  known.names = now;
  auto const is_news = [&](const policy::TargetEndpoint& endpoint) {
    bool const asked = std::find(names.begin(), names.end(), endpoint.host_name) != names.end();
    return asked && (endpoint.host_name == own_name() || differ(before, now, endpoint.host_name));
  };
  for (policy::Target target : policy_->targets) {
    std::erase_if(target.endpoints, [&](const auto& endpoint) { return !is_news(endpoint); });
    for (const event::Event& event : plan::target_events(*policy_, known, target)) {
      if (!event.host_name.empty())
        continue;
      plan::Run run(*policy_, known, event, plan::RunSettings{.routing = host::routed_side});
      run.decide_event();
      plan::Plan const plan = run.plan();
      // One that the name had, and that somebody sees to, has no news.
      bool const is_known = has_address(before, names_of(target), *event.endpoint.traddr) &&
                            world_.files.exists(host::state_path(plan.id));
      if (plan.id != id_ && is_wanted(plan) && !is_known)
        are_asked_for = world_.hand_over.submit(plan).has_value() && are_asked_for;
    }
  }
  return are_asked_for;
}

// That the request waits for; empty: its address is known.
const std::string& Source::own_name() const {
  return to_begin_ ? to_begin_->plan.event.host_name : session_->event().host_name;
}

// Of a target that has no address yet, or of an event that may be of any of them: its session
// begins with an answer.
std::vector<std::string> Source::names_to_ask_first(const plan::Plan& plan) const {
  if (!plan.event.host_name.empty())
    return {plan.event.host_name};
  if (plan.undecided && policy_->has_host_names())
    return plan::unknown_names(*policy_, world_.host.facts());
  return {};
}

std::vector<std::string> Source::names_of_target() const {
  const policy::Target* const target = policy_->find_target(session_->event().target);
  return target ? names_of(*target) : std::vector<std::string>();
}

// The endpoints being tried may have moved.
void Source::ask_names_again() {
  if (resolving_ || !policy_ || world_.clock.since_boot() - resolved_at_ < ask_interval)
    return;
  std::vector<std::string> names = names_of_target();
  if (!names.empty())
    resolve(std::move(names), [this](bool changed) {
      if (changed)
        session_->begin(world_.host.look(), action::BeginAgain::Logs::as_known);
    });
}

} // namespace nvmf::execute
