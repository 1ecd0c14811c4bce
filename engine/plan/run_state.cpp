// The common part of deciding a discovery controller and deciding a subsystem.
#include "plan/run_state.hpp"

#include "plan/decided_by.hpp"

#include "plan/identity_remedy.hpp"

#include "plan/exclusion.hpp"
#include "plan/obstacle.hpp"
#include "plan/target_of.hpp"
#include "policy/target_rule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

using decide::Outcome;
using decide::Reason;

void settle(Item& item, Outcome outcome, std::optional<Reason> reason, std::string detail) {
  item.outcome = outcome;
  item.reason = reason;
  item.detail = std::move(detail);
}

Tid tid_of(const event::Event& event, std::string nqn) {
  return {.endpoint = event.endpoint,
          .subsystem_nqn = std::move(nqn),
          .host_nqn = event.host_nqn,
          .hostid = event.hostid};
}

std::string connected_detail(const decide::Controller& controller) {
  return controller.owner ? fmt::format("{}, owner {}", controller.device, *controller.owner)
                          : controller.device;
}

const policy::Target* Run::State::target_of(const event::Event& decided) const {
  return policy.find_target(decided.target);
}

const policy::Rule& Run::State::rule_of(const decide::Decision& decision, base::Subject subject) {
  if (decision.rule)
    return *decision.rule;
  if (decision.firmware)
    return firmware_rules.try_emplace(subject, policy::rule_of_firmware(subject)).first->second;
  return target_rules.try_emplace(decision.target, policy::rule_of_target(*decision.target))
      .first->second;
}

// A target whose host name has no address yet.
bool Run::State::lacks_address(Item& item, const event::Event& decided) {
  if (decided.host_name.empty())
    return false;
  if (decided.target.empty()) // no target has that name any more
    settle(item, Outcome::ignored, Reason::no_rule_matched);
  else
    settle(item, Outcome::refused, Reason::name_unresolved, decided.host_name);
  return true;
}

// Puts the decision on the item; true if a rule wants it.
bool Run::State::put_decision(Item& item, const event::Event& decided,
                              const decide::Decision& decision) {
  if (decision.guard || decision.rule || decision.target || decision.firmware)
    item.decided_by = decided_by(policy, decision);
  settle(item, decision.outcome, decision.reason, decision.guard ? decision.guard->reason : "");
  if (decision.outcome == Outcome::discover || decision.outcome == Outcome::connect)
    return true;
  if (decision.reason == Reason::no_rule_matched && settings.explain_ignored) {
    decide::Trace trace;
    decide::decide_wish(policy, decided, facts.hostname, &trace);
    if (auto const closest = decide::closest_rule(trace))
      item.closest = fmt::format("{}, failed at {}", policy.shown_name(*closest->rule->rule),
                                 to_string(closest->first_failed->clause->key));
  }
  return false;
}

// Fills in the routing's choice where the event leaves its host side open.
void fill_in_routed_side(event::Event& event, const Tid& tid, const AskRouting& routing) {
  bool const is_ip = event.endpoint.transport == base::Transport::tcp ||
                     event.endpoint.transport == base::Transport::rdma;
  if (!routing || !is_ip || (event.endpoint.host_traddr && !event.endpoint.host_iface.empty()))
    return;
  auto const routed = routing(tid);
  if (!routed)
    return;
  if (event.endpoint.host_iface.empty())
    event.endpoint.host_iface = routed->host_iface;
  if (!event.endpoint.host_traddr)
    event.endpoint.host_traddr = routed->host_traddr;
}

// The event with the host side and the identity of the item's path, as guards see it in the end.
event::Event as_resolved(const Item& item, const event::Event& decided,
                         const ResolvedIdentity& identity) {
  event::Event used = decided;
  if (item.tid.endpoint)
    used.endpoint = *item.tid.endpoint;
  used.host_nqn = item.tid.host_nqn;
  used.hostid = item.tid.hostid;
  used.identity = identity.named ? identity.named->name : std::string();
  return used;
}

bool Run::State::denied_on(Item& item, const event::Event& decided,
                           const ResolvedIdentity& identity) {
  if (policy.guards.empty())
    return false;
  event::Event used = as_resolved(item, decided, identity);
  fill_in_routed_side(used, item.tid, settings.routing);
  return denied_as_used(item, used, open_side());
}

Run::State::OpenSide Run::State::open_side() const {
  return settings.routing ? OpenSide::as_shown : OpenSide::unknown;
}

// An unknown part of a host side does not make a guard deny.
const policy::Guard* Run::State::guard_against(const event::Event& used, OpenSide side) const {
  for (const policy::Guard& guard : policy.guards) {
    bool const is_judged =
        side == OpenSide::as_shown || !looks_at_routed_side(guard, used.endpoint);
    if (is_judged && decide::denies(guard, used, facts.hostname))
      return &guard;
  }
  return nullptr;
}

bool Run::State::denied_as_used(Item& item, const event::Event& used, OpenSide side) {
  const policy::Guard* const guard = guard_against(used, side);
  if (!guard)
    return false;
  item.decided_by = decided_by(policy, {.guard = guard});
  settle(item, Outcome::denied, Reason::denied, guard->reason);
  return true;
}

GuardedItem Run::State::hold_guards(event::Event used, OpenSide side) const {
  GuardedItem result{.event = std::move(used), .guards = {}};
  result.guards = decide::trace_guards(policy, result.event, facts.hostname);
  if (side == OpenSide::unknown)
    for (decide::MatchTrace& trace : result.guards)
      trace.matched = trace.matched && !looks_at_routed_side(*trace.guard, result.event.endpoint);
  return result;
}

const policy::Guard* GuardedItem::denied_by() const {
  auto const first =
      std::find_if(guards.begin(), guards.end(), [](const auto& trace) { return trace.matched; });
  return first == guards.end() ? nullptr : first->guard;
}

bool looks_at_routed_side(const policy::Guard& guard, const base::Endpoint& endpoint) {
  bool const is_ip =
      endpoint.transport == base::Transport::tcp || endpoint.transport == base::Transport::rdma;
  auto const is_routed_key = [&](const policy::Clause& clause) {
    return (clause.key == policy::MatchKey::host_traddr && !endpoint.host_traddr) ||
           (clause.key == policy::MatchKey::host_iface && endpoint.host_iface.empty());
  };
  return is_ip && (std::any_of(guard.match.all.begin(), guard.match.all.end(), is_routed_key) ||
                   std::any_of(guard.match.none.begin(), guard.match.none.end(), is_routed_key));
}

// A connected one keeps the identity it has, and the kernel chose what of its host side is unset.
event::Event Run::State::as_connected(const Item& item, const event::Event& decided,
                                      const ResolvedIdentity& identity,
                                      const decide::Controller& live) const {
  event::Event used = as_resolved(item, decided, identity);
  if (!decided.device.empty())
    used.identity = decided.identity;
  if (!used.endpoint.host_traddr)
    used.endpoint.host_traddr = live.src_addr;
  if (used.endpoint.host_iface.empty() && facts.interfaces && used.endpoint.host_traddr &&
      used.endpoint.host_traddr->ip())
    if (const decide::Interface* const interface =
            interface_with(*facts.interfaces, *used.endpoint.host_traddr->ip()))
      used.endpoint.host_iface = interface->name;
  return used;
}

bool Run::State::denied_as_connected(Item& item, const event::Event& decided,
                                     const ResolvedIdentity& identity,
                                     const decide::Controller& live) {
  return !policy.guards.empty() &&
         denied_as_used(item, as_connected(item, decided, identity, live), OpenSide::unknown);
}

ResolvedIdentity Run::State::identity_of(std::size_t index) const {
  const Origin& origin = origins[index];
  return identity_for(policy, facts, origin.event, origin.rule ? *origin.rule : policy::Rule());
}

// A line without a host side excludes before one is resolved; one with a host side only what is
// written with it.
bool Run::State::excluded(Item& item, HostSideKnown known) const {
  if (!facts.exclusions_problem.empty()) {
    settle(item, Outcome::refused, Reason::exclusions_unreadable, facts.exclusions_problem);
    return true;
  }
  Tid tid = item.tid;
  if (known == HostSideKnown::no && tid.endpoint) {
    tid.endpoint->host_traddr.reset();
    tid.endpoint->host_iface.clear();
  }
  const decide::Exclusion* const exclusion = excluded_by(tid, facts);
  if (exclusion)
    settle(item, Outcome::refused, Reason::excluded_by_list, exclusion->text);
  return exclusion != nullptr;
}

bool Run::State::obstructed(Item& item, const ResolvedIdentity& identity,
                            const event::Event& decided) {
  if (auto problem = identity_problem(identity, facts)) {
    std::string_view const remedy = remedy_for(identity);
    settle(item, Outcome::refused, Reason::identity_missing,
           remedy.empty() ? std::move(problem->text)
                          : fmt::format("{}; {}", problem->text, remedy));
    return true;
  }
  if (auto conflict = identity_conflict(identity, facts)) {
    settle(item, Outcome::refused, Reason::identity_conflict, std::move(*conflict));
    return true;
  }
  if (auto conflict = paths().identity_conflict(item.tid)) {
    settle(item, Outcome::refused, Reason::identity_conflict, std::move(*conflict));
    return true;
  }
  auto obstacle = kernel_lacks(item.tid, item.connect, facts);
  if (!obstacle)
    obstacle = lacks_security(item.tid, item.connect, decided);
  if (!obstacle)
    obstacle = lacks_secret(item.connect, facts);
  if (obstacle)
    settle(item, Outcome::refused, obstacle->reason, std::move(obstacle->detail));
  else
    paths().use_identity(item.tid);
  return obstacle.has_value();
}

} // namespace nvmf::plan
