#include "service/sweep_choice.hpp"

#include "host/run_paths.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace nvmf::service {

namespace {

constexpr std::string_view suffix = ".json";

// Of this very controller: `nvmeN` is recycled, so the address counts, too.
const execute::LogRecord* log_of(const execute::State& state, const plan::Plan& plan) {
  const std::string device = serving_device(plan);
  for (const execute::LogRecord& log : state.logs)
    if (log.device == device && log.tid.endpoint && log.tid.endpoint->traddr &&
        same_address(log.tid.endpoint->traddr, plan.event.endpoint.traddr))
      return &log;
  return nullptr;
}

// None where there is no directory.
base::Result<std::vector<std::string>> ids_of_states(const base::FileSystem& files) {
  std::vector<std::string> ids;
  const auto names = files.list(std::string(host::state_directory));
  if (!names && names.error().code == ENOENT)
    return ids;
  if (!names)
    return tl::unexpected(names.error());
  for (const std::string& name : *names)
    if (name.ends_with(suffix) && plan::is_id(name.substr(0, name.size() - suffix.size())))
      ids.push_back(name.substr(0, name.size() - suffix.size()));
  return ids;
}

// The latest log that was read from the controller of the item.
const execute::LogRecord* log_of(const execute::State& state, const plan::Item& item) {
  const execute::LogRecord* latest = nullptr;
  for (const execute::LogRecord& log : state.logs)
    if (log.tid.endpoint && item.tid.endpoint && log.tid.endpoint->same_port(*item.tid.endpoint) &&
        (latest == nullptr || latest->read < log.read))
      latest = &log;
  return latest;
}

bool looks_at_host_side(const policy::Guard& guard) {
  const auto is_host_side = [](const policy::Clause& clause) {
    return clause.key == policy::MatchKey::host_traddr ||
           clause.key == policy::MatchKey::host_iface;
  };
  const policy::Match& match = guard.match;
  return std::any_of(match.all.begin(), match.all.end(), is_host_side) ||
         std::any_of(match.none.begin(), match.none.end(), is_host_side);
}

} // namespace

std::string serving_device(const plan::Plan& plan) {
  const bool is_served = !plan.items.empty() && !plan.items.front().device.empty();
  return is_served ? plan.items.front().device : plan.event.device;
}

bool awaits_route(const policy::Policy& policy, const decide::Facts& facts,
                  const plan::AskRouting& routing, const execute::State& state) {
  if (std::none_of(policy.guards.begin(), policy.guards.end(), looks_at_host_side))
    return false;
  plan::Run run(policy, facts, state.plan.event, {.routing = routing});
  run.decide_event();
  for (std::size_t at = 0; at < run.items().size(); ++at) {
    if (run.is_denied_as_routed(at))
      return true;
    const plan::Item item = run.items()[at];
    if (item.outcome != decide::Outcome::discover)
      continue;
    if (const execute::LogRecord* const log = log_of(state, item))
      run.decide_log(at, log->log);
  }
  return false;
}

std::vector<execute::State> read_states_naming(const base::FileSystem& files,
                                               const std::string& device) {
  std::vector<execute::State> states;
  const auto ids = ids_of_states(files);
  for (const std::string& id : ids.value_or(std::vector<std::string>()))
    if (auto state = execute::read_state_naming(files, id, device); state && *state)
      states.push_back(std::move(**state));
  return states;
}

std::vector<execute::State> read_states(const base::FileSystem& files, execute::Items items) {
  auto read = read_all_states(files, items);
  return read ? std::move(read->states) : std::vector<execute::State>();
}

base::Result<StatesRead> read_all_states(const base::FileSystem& files, execute::Items items) {
  StatesRead read;
  const auto ids = ids_of_states(files);
  if (!ids)
    return tl::unexpected(ids.error());
  for (const std::string& id : *ids) {
    auto state = execute::read_state(files, id, items);
    if (!state && (state.error().code == EACCES || state.error().code == EPERM))
      return tl::unexpected(state.error());
    if (!state)
      read.damaged.push_back(state.error().message);
    else if (*state)
      read.states.push_back(std::move(**state));
  }
  return read;
}

std::optional<std::uint64_t> known_generation(const plan::Plan& plan,
                                              const std::vector<execute::State>& states) {
  const execute::LogRecord* latest = nullptr;
  for (const execute::State& state : states)
    if (const auto* log = log_of(state, plan); log && (!latest || latest->read < log->read))
      latest = log;
  return latest && !plan.event.device.empty() ? std::optional(latest->log.genctr) : std::nullopt;
}

bool was_looked_at(const plan::Plan& plan, const std::vector<execute::State>& states,
                   std::uint64_t present) {
  return std::any_of(states.begin(), states.end(), [&](const execute::State& state) {
    if (state.plan.policy.digest != plan.policy.digest || state.phase == execute::Phase::failed)
      return false;
    const bool same_request = state.id == plan.id;
    if (plan.event.device.empty() || (same_request && state.phase == execute::Phase::cancelled))
      return same_request;
    const execute::LogRecord* const log = log_of(state, plan);
    return log && (log->incarnation == 0 || present == 0 || log->incarnation == present);
  });
}

} // namespace nvmf::service
