#include "cli/status_compare.hpp"

#include "plan/same_path.hpp"

#include <fmt/format.h>
#include <set>

namespace nvmf::cli {

namespace {

using decide::Outcome;
using execute::PathRecord;
using execute::PathState;

bool is_kept_away(const PresentHost& host, const PathRecord& path) {
  return host.kept_away.holds({.subject = path.subject, .tid = path.tid}, host.policy_digest);
}

// Being connected changes nothing about a log that cannot be read.
bool waits_for_its_log(const PathRecord& path) {
  return path.state == PathState::waiting &&
         (path.error_class == fabrics::ErrorClass::log_unstable ||
          path.error_class == fabrics::ErrorClass::log_unreadable);
}

void compare_with(const PresentHost& host, const decide::Facts& facts, plan::Serving serving,
                  PathRecord& path) {
  if (waits_for_its_log(path))
    return;
  // A discovery controller that was not kept is live without a device.
  const bool was_live = path.state == PathState::live;
  if (was_live && path.device.empty())
    return;
  const decide::Controller* const found = plan::connected_as(path.tid, facts, serving);
  if (found && (was_live || found->state == "live")) {
    path.device = found->device;
    path.next_try.reset();
    path.state = found->state == "live" ? PathState::live : PathState::connecting;
    if (path.state == PathState::connecting)
      path.reason = fmt::format("{} is {}", found->device, found->state);
    return;
  }
  if (found)
    return;
  if (was_live) {
    path.state = PathState::pending;
    path.reason = path.device + " is gone";
    path.device.clear();
  }
  if (is_kept_away(host, path)) {
    path.state = PathState::given_up;
    path.reason = host::kept_away_reason;
    path.next_try.reset();
  }
}

} // namespace

void compare_with(const PresentHost& host, execute::State& state) {
  const decide::Facts facts{.controllers = host.controllers};
  for (PathRecord& path : state.paths) {
    const plan::Item* const item = item_of(state, path);
    compare_with(host, facts, item ? plan::serving_as(*item) : plan::Serving::any, path);
  }
  for (plan::Item& item : state.plan.items) {
    const decide::Controller* const found =
        plan::connected_as(item.tid, facts, plan::serving_as(item));
    item.device = found ? found->device : std::string();
  }
}

const plan::Item* item_of(const execute::State& state, const PathRecord& path) {
  return path.item && *path.item < state.plan.items.size() ? &state.plan.items[*path.item]
                                                           : nullptr;
}

std::vector<const plan::Item*> unconnected_items(const execute::State& state) {
  std::set<const plan::Item*> have_a_path;
  for (const PathRecord& path : state.paths)
    have_a_path.insert(item_of(state, path));
  std::vector<const plan::Item*> unconnected;
  for (const plan::Item& item : state.plan.items)
    if ((item.outcome == Outcome::denied || item.outcome == Outcome::refused) &&
        !have_a_path.contains(&item))
      unconnected.push_back(&item);
  return unconnected;
}

std::string_view state_word(const execute::PathRecord& path) {
  const bool let_go = path.subject == base::Subject::discovery_controller &&
                      path.state == PathState::live && path.device.empty();
  return let_go ? "log-read-not-kept" : to_string(path.state);
}

} // namespace nvmf::cli
