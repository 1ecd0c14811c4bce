// Discovery controllers: of an event, a target or a referral.
#include "plan/run_state.hpp"

#include "base/nqn.hpp"
#include "plan/same_path.hpp"
#include "plan/settings.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

using base::EventKind;
using base::Subject;
using decide::Outcome;
using decide::Reason;

namespace {

bool has_name(const std::vector<std::string>& sources, const std::string& name) {
  return std::find(sources.begin(), sources.end(), name) != sources.end();
}

} // namespace

std::vector<std::string> Run::State::sources_below(const event::Event& decided,
                                                   const policy::Rule& rule) const {
  std::vector<std::string> sources = decided.sources;
  for (const std::string& name : {rule.name, rule.full_name})
    if (!has_name(sources, name))
      sources.push_back(name);
  return sources;
}

void Run::State::decide_discovery(const DiscoverySource& source) {
  Item item{.parent = source.parent, .subject = Subject::discovery_controller};
  item.event = source.event.kind;
  item.tid = tid_of(source.event,
                    source.nqn.empty() ? std::string(base::well_known_discovery_nqn) : source.nqn);
  if (lacks_address(item, source.event))
    return append(std::move(item), {source.event, source.depth});
  decide::Decision const decision = decide::decide_wish(policy, source.event, facts.hostname);
  if (put_decision(item, source.event, decision))
    want_discovery(item, source, decision);
  append(std::move(item), {source.event, source.depth, decision.rule});
}

void Run::State::want_discovery(Item& item, const DiscoverySource& source,
                                const decide::Decision& decision) {
  const policy::Rule& rule = rule_of(decision, Subject::discovery_controller);
  bool const is_in_table = source.event.in_table == event::InTable::path;
  const policy::Target* const target = target_of(source.event);
  ResolvedIdentity const identity = identity_for(policy, facts, source.event, rule);
  item.tid.host_nqn = identity.host_nqn;
  item.tid.hostid = identity.hostid;
  policy::Connection const connection{.policy = policy,
                                      .rule = decision.rule,
                                      .target = target,
                                      .identity = identity.named,
                                      .subject = Subject::discovery_controller,
                                      .firmware = is_in_table};
  item.connect = resolve_options(connection, source.event.endpoint.transport);
  item.retry = policy::find_retry(connection).retry;
  policy::Persistent const persistent =
      policy::find_persistent(connection, source.event.endpoint.transport);
  // LANGUAGE "Firmware": its discovery controllers are read and not kept; a target's own may be.
  bool const lets_go = settings.discovery == DiscoveryStay::until_read;
  bool const may_keep = (!is_in_table || target) && !lets_go;
  item.keep_connected = may_keep && persistent != policy::Persistent::no;
  item.persistent_if_supported = may_keep && persistent == policy::Persistent::if_supported;
  item.follow_referrals =
      target && target->follow_referrals ? *target->follow_referrals : rule.follow_referrals;
  item.poll = lets_go ? base::infinite_duration
                      : policy::find_poll(connection, source.event.endpoint.transport);
  item.sources = sources_below(source.event, rule);
  if (item.keep_connected)
    require_keep_alive(item.connect, connection, source.event.endpoint.transport);
  if (facts.kernel_options)
    leave_out_unasked(item.connect, *facts.kernel_options);
  item.left_out = drop_inapplicable(item.connect, source.event.endpoint.transport);
  if (must_connect_discovery(item, source.event, host_side_for(source.event, target, rule),
                             identity))
    obstructed(item, identity, source.event);
  if (item.outcome == Outcome::discover)
    visited.insert(source.event.endpoint.port_key());
}

// Its log's entries inherit what it was connected with, not what the event or the rule would say.
void Run::State::use_connected(Item& item, const decide::Controller& live) {
  item.device = live.device;
  item.detail = connected_detail(live);
  if (!live.subsystem_nqn.empty())
    item.tid.subsystem_nqn = live.subsystem_nqn;
  item.tid.endpoint->host_traddr = live.endpoint.host_traddr;
  item.tid.endpoint->host_iface = live.endpoint.host_iface;
  if (!live.host_nqn.empty())
    item.tid.host_nqn = live.host_nqn;
  if (!live.hostid.empty())
    item.tid.hostid = live.hostid;
}

// False if its connected controller serves, or if it cannot be connected: then the item says why.
bool Run::State::must_connect_discovery(Item& item, const event::Event& decided,
                                        policy::HostSide mode, const ResolvedIdentity& identity) {
  // The event's own device serves under whichever host NQN it was connected with.
  Tid as_connected = item.tid;
  if (!decided.device.empty())
    as_connected.host_nqn = decided.host_nqn;
  if (const decide::Controller* const live = connected_as(as_connected, facts, serving_as(item))) {
    use_connected(item, *live);
    denied_as_connected(item, decided, identity, *live);
    return false;
  }
  if (const decide::Controller* const transient = connected_as(as_connected, facts)) {
    item.bystander = transient->device;
    item.detail = fmt::format("{} has no keep-alive timeout: our own is connected beside it",
                              connected_detail(*transient));
  }
  if (excluded(item, HostSideKnown::no))
    return false;
  return takes_host_side(item, decided, mode, identity) && !excluded(item, HostSideKnown::yes);
}

// Of several the first that no guard denies; false if none is left, which the item says.
bool Run::State::takes_host_side(Item& item, const event::Event& decided, policy::HostSide mode,
                                 const ResolvedIdentity& identity) {
  std::optional<Item> first_denied;
  for (const HostSideChoice& side : resolve_discovery_host_side(decided, mode, facts)) {
    if (side.reason && first_denied)
      break;
    if (side.reason) {
      settle(item, Outcome::refused, side.reason, side.detail);
      return false;
    }
    Item through = item;
    through.tid.endpoint = side.endpoint;
    if (!denied_on(through, decided, identity)) {
      item = std::move(through);
      return true;
    }
    if (!first_denied)
      first_denied = std::move(through);
  }
  item = std::move(*first_denied);
  return false;
}

void Run::State::decide_referral(std::size_t parent, const event::EntryEvent& referral,
                                 bool duplicate) {
  unsigned const depth = origins[parent].depth + 1;
  if (visited.contains(referral.event.endpoint.port_key()))
    return ignore(referral.event, referral.nqn, parent, Reason::referral_loop,
                  "visited in this run already");
  if (duplicate)
    return ignore(referral.event, referral.nqn, parent, Reason::referral_loop,
                  "its information was returned already (DUPRETINFO)");
  if (depth > policy.limits.referral_depth)
    return ignore(referral.event, referral.nqn, parent, Reason::referral_depth,
                  fmt::format("more than {} referrals deep", policy.limits.referral_depth));
  bool const follow = items[parent].follow_referrals;
  decide_discovery({for_target(policy, facts, referral.event), referral.nqn, parent, depth});
  Item& item = items.back();
  if (!follow && item.outcome != Outcome::denied) {
    visited.erase(referral.event.endpoint.port_key());
    item.decided_by = items[parent].decided_by;
    item.closest.clear();
    settle(item, Outcome::ignored, Reason::ignored_by_rule, "referrals: ignore");
  }
}

} // namespace nvmf::plan
