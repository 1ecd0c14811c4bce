// I/O subsystems: of a discovery log or a target, one item per resolved host side.
#include "plan/run_state.hpp"

#include "plan/same_path.hpp"
#include "plan/settings.hpp"
#include "plan/source_name.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

using base::EventKind;
using base::Subject;
using decide::Outcome;
using decide::Reason;

void Run::State::decide_subsystem(const event::Event& decided, std::optional<std::size_t> parent,
                                  bool slow_lane) {
  Item item{.parent = parent, .subject = Subject::io_subsystem};
  item.event = decided.kind;
  item.slow_lane = slow_lane;
  item.tid = tid_of(decided, decided.subsystem_nqn);
  if (lacks_address(item, decided))
    return append(std::move(item), {decided});
  decide::Decision const decision = decide::decide_wish(policy, decided, facts.hostname);
  if (!put_decision(item, decided, decision)) {
    append(std::move(item), {decided});
    return;
  }
  const policy::Rule& rule = rule_of(decision, Subject::io_subsystem);
  const policy::Target* const target = target_of(decided);
  ResolvedIdentity const identity = identity_for(policy, facts, decided, rule);
  item.tid.host_nqn = identity.host_nqn;
  item.tid.hostid = identity.hostid;
  policy::Connection const connection{.policy = policy,
                                      .rule = decision.rule,
                                      .target = target,
                                      .identity = identity.named,
                                      .subject = Subject::io_subsystem,
                                      .firmware = decided.in_table == event::InTable::path};
  item.connect = resolve_options(connection, decided.endpoint.transport);
  if (auto const in_table = find_in_tables(policy, facts, decided)) {
    item.firmware = firmware_path(*in_table);
    require_digests(item.connect, *in_table);
  }
  item.left_out = drop_inapplicable(item.connect, decided.endpoint.transport);
  item.retry = policy::find_retry(connection).retry;
  item.probe = target ? target->probe.value_or(rule.probe) : rule.probe;
  item.expect_paths = target && target->expect_paths ? target->expect_paths : rule.expect_paths;
  if (excluded(item, HostSideKnown::no)) {
    append(std::move(item), {decided, 0, &rule});
    return;
  }
  for (const HostSideChoice& side :
       resolve_host_side(decided, host_side_for(decided, target, rule), facts))
    decide_path(item, decided, side, rule, identity);
}

void Run::State::decide_path(Item item, const event::Event& decided, const HostSideChoice& side,
                             const policy::Rule& rule, const ResolvedIdentity& identity) {
  item.tid.endpoint = side.endpoint;
  if (side.reason) {
    settle(item, Outcome::refused, side.reason, side.detail);
  } else if (!denied_on(item, decided, identity) && !excluded(item, HostSideKnown::yes)) {
    std::optional<std::string> const holder = paths().holder(item.tid);
    if (holder)
      settle(item, Outcome::ignored, Reason::duplicate_of, *holder);
    else if (!settled_by_connected(item, decided))
      obstructed(item, identity, decided);
    bool const holds = item.outcome == Outcome::connect || item.outcome == Outcome::keep ||
                       item.outcome == Outcome::differs;
    if (holds)
      paths().add(item.tid, settings.shared_paths
                                ? fmt::format("item {} of {}", items.size(), source_name(event))
                                : fmt::format("item {}", items.size()));
  }
  append(std::move(item), {decided, 0, &rule});
}

bool Run::State::settled_by_connected(Item& item, const event::Event& decided) {
  const decide::Controller* const live = connected_as(item.tid, facts);
  if (!live)
    return false;
  item.device = live->device;
  bool const is_ours =
      !live->owner || *live->owner == decide::own_owner ||
      (*live->owner == policy::nbft_name && decided.in_table == event::InTable::path);
  if (!is_ours)
    settle(item, Outcome::refused, Reason::owned_by, connected_detail(*live));
  else if (auto const what = difference(item.connect, *live))
    settle(item, Outcome::differs, std::nullopt, fmt::format("{}: {}", live->device, *what));
  else
    settle(item, Outcome::keep, std::nullopt, connected_detail(*live));
  return true;
}

} // namespace nvmf::plan
