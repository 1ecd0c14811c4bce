#include "execute/obsolete.hpp"

#include "event/from_target.hpp"
#include "execute/connect_writer.hpp"
#include "execute/state.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/hand_over.hpp"
#include "host/kept_away.hpp"
#include "host/run_paths.hpp"
#include "plan/endpoints.hpp"
#include "plan/identity.hpp"
#include "plan/run.hpp"
#include "policy/defaults.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace nvmf::execute {

namespace {

plan::Plan plan_of(const HostNow& now, const event::Event& event) {
  plan::Run run(now.policy, now.facts, event);
  run.decide_event();
  return run.plan();
}

// As for a session: a guard that denies it has to be told of.
bool is_wanted_now(const HostNow& now, const event::Event& event) {
  plan::Plan const plan = plan_of(now, event);
  return !plan.items.empty() && plan.items.front().outcome != decide::Outcome::ignored;
}

// Of targets, under their host names, too, of the firmware's table, and of connected discovery
// controllers.
std::set<std::string> present_ids(const base::FileSystem& files, const HostNow& now) {
  std::set<std::string> ids;
  for (const policy::Target& target : now.policy.targets)
    for (event::Event& event : event::from_target(target))
      ids.insert(plan_of(now, plan::with_identity(now.policy, now.facts, std::move(event))).id);
  for (const event::Event& event : plan::all_events(now.policy, now.facts)) {
    auto const note =
        event.device.empty() ? std::nullopt : host::read_controller_note(files, event.device);
    ids.insert(note ? note->id : plan_of(now, event).id);
  }
  return ids;
}

bool has_live_path(const base::FileSystem& files, const State& state) {
  return std::any_of(state.paths.begin(), state.paths.end(), [&](const PathRecord& path) {
    if (path.state != PathState::live || path.device.empty())
      return false;
    std::uint64_t const present = host::incarnation_of(files, path.device);
    return present != 0 && (path.incarnation == 0 || path.incarnation == present);
  });
}

// The ids of requests that wait, are claimed or were given up; none: they are not known.
std::optional<std::set<std::string>> asked_for(const host::HandOver& hand_over) {
  std::set<std::string> ids;
  for (auto const& names : {hand_over.waiting(), hand_over.running(), hand_over.failed()}) {
    if (!names)
      return std::nullopt;
    ids.merge(host::ids_of(*names));
  }
  return ids;
}

bool is_old(const base::FileSystem& files, const HostNow& now, const std::string& path) {
  auto const status = files.status(path);
  return status && status->modified + obsolete_age <= now.clock.now();
}

void remove_state(base::FileSystem& files, const std::string& id) {
  (void)files.remove(host::state_path(id));
  (void)files.remove(host::state_path(id) + ".unusable");
}

base::Duration longest_slow_delay(const policy::Policy& policy) {
  base::Duration longest = policy::Retry().slow_delay;
  auto const consider = [&longest](const policy::RetrySettings& settings) {
    longest = std::max(longest, settings.slow_delay.value_or(longest));
  };
  for (const policy::File& file : policy.files)
    consider(file.retry_defaults);
  for (const policy::Rule& rule : policy.rules)
    consider(rule.retry);
  for (const policy::Target& target : policy.targets)
    consider(target.retry);
  return longest;
}

} // namespace

void remove_obsolete_states(base::FileSystem& files, const HostNow& now,
                            const std::function<bool(const std::string& id)>& is_served) {
  host::HandOver const hand_over(files);
  auto ids = hand_over.remembered().value_or(std::vector<std::string>());
  auto const requests = asked_for(hand_over);
  if (!requests)
    return;
  std::erase_if(ids,
                [&](const std::string& id) { return is_served(id) || requests->contains(id); });
  std::optional<std::set<std::string>> present; // asked for only where it matters
  for (const std::string& id : ids) {
    auto const state = read_state(files, id);
    if (!state || !*state || is_open(**state))
      continue;
    if (!is_wanted_now(now, (*state)->plan.event)) {
      remove_state(files, id);
      continue;
    }
    if (!is_old(files, now, host::state_path(id)) || has_live_path(files, **state))
      continue;
    if (!present)
      present = present_ids(files, now);
    if (!present->contains(id))
      remove_state(files, id);
  }
}

void remove_obsolete_marks(base::FileSystem& files, const policy::Policy& policy,
                           const base::Clock& clock) {
  constexpr std::size_t number_limit = 64;
  host::KeptAway(files).forget_others(policy.digest);
  base::Duration const longest = longest_slow_delay(policy);
  auto const names = files.list(std::string(silent_directory));
  for (const std::string& name : names.value_or(std::vector<std::string>())) {
    std::string const path = fmt::format("{}/{}", silent_directory, name);
    auto const text = files.read(path, number_limit);
    std::int64_t marked = 0;
    if (!text ||
        std::from_chars(text->data(), text->data() + text->size(), marked).ec != std::errc())
      continue;
    if (clock.since_boot() - base::Duration(marked) >= longest)
      (void)files.remove(path);
  }
}

} // namespace nvmf::execute
