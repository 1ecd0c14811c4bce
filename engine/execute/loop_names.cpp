// The loop's host names: asked of the host's resolver beside it, and what comes of the answers.
#include "execute/loop.hpp"
#include "host/names.hpp"
#include "host/route.hpp"
#include "host/run_paths.hpp"
#include "plan/endpoints.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace nvmf::execute {

namespace {

constexpr const char* names_lock = "/run/nvmf/names.lock";
// Between two looks at the names of a target whose paths are tried again.
constexpr base::Duration ask_interval = std::chrono::seconds(5);

struct Answers {
  event::Names before;
  event::Names now;
};

// A name that nobody can tell now keeps what it had.
Answers ask(base::FileSystem& files, const std::string& root,
            const std::vector<std::string>& names) {
  std::map<std::string, base::Result<std::vector<base::IpAddress>>> told;
  for (const std::string& name : names)
    told.emplace(name, host::resolve_name(name));
  // Several executors note what they were told.
  auto const lock = FileLock::wait(root + names_lock);
  Answers answers{.before = host::read_names(files), .now = {}};
  answers.now = answers.before;
  for (auto& [name, addresses] : told) {
    if (addresses && addresses->empty())
      answers.now.erase(name);
    else if (addresses)
      answers.now[name] = std::move(*addresses);
  }
  if (answers.now != answers.before)
    (void)host::write_names(files, answers.now);
  return answers;
}

bool differ(const event::Names& a, const event::Names& b, const std::string& name) {
  auto const one = a.find(name);
  auto const other = b.find(name);
  return one == a.end() || other == b.end() ? (one == a.end()) != (other == b.end())
                                            : one->second != other->second;
}

bool has_address(const event::Names& names, const std::vector<std::string>& of,
                 const base::Traddr& address) {
  return std::any_of(of.begin(), of.end(), [&](const std::string& name) {
    auto const found = names.find(name);
    return found != names.end() && address.ip() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [&](const base::IpAddress& one) { return one.same_as(*address.ip()); });
  });
}

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

void Loop::resolve(std::vector<std::string> names, NamesAreKnown then) {
  if (resolving_)
    return;
  resolving_ = true;
  resolver_.post([this, names = std::move(names), then = std::move(then)]() -> Worker::Completion {
    auto answers = std::make_shared<Answers>(ask(world_.files, world_.root, names));
    return [this, names, then, answers] {
      resolving_ = false;
      resolved_at_ = world_.clock.since_boot();
      if (stop_by_ || exit_)
        return;
      bool const changed = std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return differ(answers->before, answers->now, name);
      });
      hand_over_addresses(answers->before, answers->now, names);
      if (answers->now.contains(own_name()))
        return end_without_trace();
      if (!to_begin_ || !kernel_options_)
        return then(changed);
      ToBegin const next = std::move(*to_begin_);
      to_begin_.reset();
      names_asked_ = true;
      begin(next.plan, next.claim);
    };
  });
}

// Each address of a name is a source of its own, which the path unit gets a service for.
void Loop::hand_over_addresses(const event::Names& before, const event::Names& now,
                               const std::vector<std::string>& names) {
  decide::Facts known = facts();
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
      if (plan.id != world_.id && is_wanted(plan) && !is_known)
        (void)hand_over_.submit(plan);
    }
  }
}

// That the request waits for; empty: its address is known.
const std::string& Loop::own_name() const {
  return to_begin_ ? to_begin_->plan.event.host_name : session_->event().host_name;
}

// Nothing is left to be told: the target is gone, or each address of its name has a request of its
// own.
void Loop::end_without_trace() {
  (void)hand_over_.finish(world_.id);
  (void)world_.files.remove(host::state_path(world_.id));
  unsaved_since_.reset();
  serving_.reset();
  exit_ = ExitCode::done;
}

// True if an answer begins it: what has no address yet, or nobody could say whose event it is.
bool Loop::must_ask_names_first(const plan::Plan& plan) {
  if (std::exchange(names_asked_, false))
    return false;
  std::vector<std::string> names;
  if (!plan.event.host_name.empty())
    names.push_back(plan.event.host_name);
  else if (plan.undecided && policy_->has_host_names())
    names = plan::unknown_names(*policy_, facts());
  if (names.empty())
    return false;
  // A request that waits is begun by whichever answer comes first.
  resolve(std::move(names), [](bool) {});
  return true;
}

std::vector<std::string> Loop::names_of_target() const {
  const policy::Target* const target = policy_->find_target(session_->event().target);
  return target ? names_of(*target) : std::vector<std::string>();
}

// The endpoints being tried may have moved.
void Loop::ask_names_again() {
  if (resolving_ || !policy_ || world_.clock.since_boot() - resolved_at_ < ask_interval)
    return;
  std::vector<std::string> names = names_of_target();
  if (!names.empty())
    resolve(std::move(names), [this](bool changed) {
      if (changed)
        session_->begin(look(), action::BeginAgain::Logs::as_known);
    });
}

} // namespace nvmf::execute
