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
    decide::decide(policy, decided, facts.hostname, &trace);
    if (auto const closest = decide::closest_rule(trace))
      item.closest = fmt::format("{}, failed at {}", policy.shown_name(*closest->rule->rule),
                                 to_string(closest->first_failed->clause->key));
  }
  return false;
}

namespace {

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

} // namespace

// Guards look again once the host side and the identity are known.
bool Run::State::denied_on(Item& item, const event::Event& decided, const HostSideChoice& side,
                           const ResolvedIdentity& identity) {
  event::Event resolved = decided;
  resolved.endpoint = side.endpoint;
  resolved.host_nqn = item.tid.host_nqn;
  resolved.hostid = item.tid.hostid;
  resolved.identity = identity.named ? identity.named->name : std::string();
  if (!policy.guards.empty())
    fill_in_routed_side(resolved, item.tid, settings.routing);
  if (resolved == decided)
    return false;
  const policy::Guard* const guard = decide::denied_by(policy, resolved, facts.hostname);
  if (!guard)
    return false;
  item.decided_by = decided_by(policy, {.guard = guard});
  settle(item, Outcome::denied, Reason::denied, guard->reason);
  return true;
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
