#include "plan/run.hpp"

#include "base/nqn.hpp"
#include "decide/decide.hpp"
#include "event/from_entry.hpp"
#include "plan/exclusion.hpp"
#include "plan/host_side.hpp"
#include "plan/id.hpp"
#include "plan/identity.hpp"
#include "plan/obstacle.hpp"
#include "plan/same_path.hpp"
#include "plan/settings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace nvmf::plan {

using base::EventKind;
using base::Subject;
using decide::Outcome;
using decide::Reason;

namespace {

// What an item was made from, kept beside it.
struct Origin {
  event::Event event;
  unsigned depth = 0; // 0: the event's own discovery controller
  const policy::Rule* rule = nullptr;
};

// A discovery controller to be decided.
struct DiscoverySource {
  event::Event event;
  std::string nqn; // its own where known
  std::optional<std::size_t> parent;
  unsigned depth = 0;
};

void settle(Item& item, Outcome outcome, std::optional<Reason> reason = std::nullopt,
            std::string detail = {}) {
  item.outcome = outcome;
  item.reason = reason;
  item.detail = std::move(detail);
}

Tid tid_of(const event::Event& event, std::string nqn) {
  return {.transport = event.transport,
          .traddr = event.traddr,
          .trsvcid = event.trsvcid,
          .host_traddr = event.host_traddr,
          .host_iface = event.host_iface,
          .subsystem_nqn = std::move(nqn),
          .host_nqn = event.host_nqn,
          .hostid = event.hostid};
}

// How a discovery controller is recognised when it comes up again: its address. Its NQN does not
// count, or a hostile referral could name a new one each time.
std::string visit_key(const event::Event& event) {
  return fmt::format("{} {} {}", to_string(event.transport),
                     event.traddr ? event.traddr->to_string() : "",
                     event.trsvcid ? std::to_string(*event.trsvcid) : "");
}

Reason reason_of(event::EntryProblem::Kind kind) {
  switch (kind) {
  case event::EntryProblem::Kind::invalid_entry:
    return Reason::invalid_entry;
  case event::EntryProblem::Kind::not_a_fabric:
    return Reason::not_a_fabric;
  case event::EntryProblem::Kind::unknown_subtype:
    return Reason::unknown_subtype;
  case event::EntryProblem::Kind::self_entry:
    return Reason::self_entry;
  }
  return Reason::invalid_entry;
}

bool same_endpoint(const policy::Target& target, const event::Event& event) {
  bool const same_address = target.traddr && event.traddr
                                ? target.traddr->same_as(*event.traddr)
                                : target.traddr.has_value() == event.traddr.has_value();
  bool const same_port =
      !target.host_traddr || !event.host_traddr || target.host_traddr->same_as(*event.host_traddr);
  bool const same_iface = target.host_iface.empty() || event.host_iface.empty() ||
                          target.host_iface == event.host_iface;
  return target.subject() == Subject::discovery_controller && target.transport == event.transport &&
         target.trsvcid == event.trsvcid && same_address && same_port && same_iface;
}

std::string connected_detail(const decide::Controller& controller) {
  return controller.owner ? fmt::format("{}, owner {}", controller.device, *controller.owner)
                          : controller.device;
}

} // namespace

struct Run::State {
  const policy::Policy& policy;
  const decide::Facts& facts;
  event::Event event;
  RunSettings settings;
  PathLedger own_paths;
  std::set<std::string> visited;
  std::vector<Item> items;
  std::vector<Origin> origins; // one per item

  PathLedger& paths() { return settings.shared_paths ? *settings.shared_paths : own_paths; }

  void append(Item item, Origin origin) {
    items.push_back(std::move(item));
    origins.push_back(std::move(origin));
  }

  const policy::Target* target_of(const event::Event& decided) const;
  DecidedBy decided_by(const decide::Decision& decision) const;
  bool put_decision(Item& item, const event::Event& decided, const decide::Decision& decision);
  std::vector<std::string> sources_below(const event::Event& decided,
                                         const policy::Rule& rule) const;

  void decide_discovery(const DiscoverySource& source);
  void want_discovery(Item& item, const DiscoverySource& source, const policy::Rule& rule);
  static void use_connected(Item& item, const decide::Controller& live);
  bool must_connect_discovery(Item& item, const event::Event& decided);
  void decide_subsystem(const event::Event& decided, std::optional<std::size_t> parent,
                        bool slow_lane);
  void decide_path(Item item, const event::Event& decided, const HostSideChoice& side,
                   const policy::Rule& rule, const ResolvedIdentity& identity);
  bool denied_on(Item& item, const event::Event& decided, const HostSideChoice& side);
  bool settled_by_connected(Item& item);
  bool obstructed(Item& item, const ResolvedIdentity& identity,
                  std::optional<base::SecureChannel> treq);
  void decide_entry(std::size_t parent, const event::LogEntry& entry,
                    const event::Event& parent_event, bool information_had);
  void decide_referral(std::size_t parent, const event::EntryEvent& referral, bool duplicate);
  void ignore(const event::Event& decided, std::string nqn, std::size_t parent, Reason reason,
              std::string detail);
};

const policy::Target* Run::State::target_of(const event::Event& decided) const {
  if (decided.target.empty())
    return nullptr;
  auto const found = std::find_if(policy.targets.begin(), policy.targets.end(),
                                  [&](const auto& each) { return each.name == decided.target; });
  return found == policy.targets.end() ? nullptr : &*found;
}

DecidedBy Run::State::decided_by(const decide::Decision& decision) const {
  if (decision.guard)
    return {.kind = DecidedBy::Kind::guard,
            .name = policy.shown_name(*decision.guard),
            .path = std::string(decision.guard->span.path()),
            .line = decision.guard->span.start.line};
  return {.kind = DecidedBy::Kind::rule,
          .name = policy.shown_name(*decision.rule),
          .path = std::string(decision.rule->span.path()),
          .line = decision.rule->span.start.line};
}

// Puts the decision on the item; true if a rule wants it.
bool Run::State::put_decision(Item& item, const event::Event& decided,
                              const decide::Decision& decision) {
  if (decision.guard || decision.rule)
    item.decided_by = decided_by(decision);
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

std::vector<std::string> Run::State::sources_below(const event::Event& decided,
                                                   const policy::Rule& rule) const {
  std::vector<std::string> sources = decided.sources;
  for (const policy::Target& target : policy.targets)
    if (same_endpoint(target, decided))
      sources.push_back(target.name);
  sources.push_back(rule.name);
  sources.push_back(rule.full_name);
  return sources;
}

void Run::State::decide_discovery(const DiscoverySource& source) {
  Item item{.parent = source.parent, .subject = Subject::discovery_controller};
  item.event = source.event.kind;
  item.tid = tid_of(source.event,
                    source.nqn.empty() ? std::string(base::well_known_discovery_nqn) : source.nqn);
  decide::Decision const decision = decide::decide(policy, source.event, facts.hostname);
  if (put_decision(item, source.event, decision))
    want_discovery(item, source, *decision.rule);
  append(std::move(item), {source.event, source.depth, decision.rule});
}

void Run::State::want_discovery(Item& item, const DiscoverySource& source,
                                const policy::Rule& rule) {
  const policy::Target* const target = target_of(source.event);
  ResolvedIdentity const identity = identity_for(policy, facts, source.event, rule);
  item.tid.host_nqn = identity.host_nqn;
  item.tid.hostid = identity.hostid;
  item.connect = resolve_options({.policy = policy,
                                  .rule = rule,
                                  .target = target,
                                  .identity = identity.named,
                                  .subject = Subject::discovery_controller});
  item.retry = resolve_retry(policy, rule, source.event.kind == EventKind::boot);
  policy::Persistent const persistent = resolve_persistent(rule, target, source.event.transport);
  item.keep_connected = persistent != policy::Persistent::no;
  item.persistent_if_supported = persistent == policy::Persistent::if_supported;
  item.follow_referrals = rule.follow_referrals;
  item.sources = sources_below(source.event, rule);
  if (item.keep_connected)
    require_keep_alive(item.connect, {.policy = policy,
                                      .rule = rule,
                                      .target = target,
                                      .subject = Subject::discovery_controller});
  item.left_out = drop_inapplicable(item.connect, source.event.transport);
  if (must_connect_discovery(item, source.event))
    obstructed(item, identity, source.event.secure_channel);
  if (item.outcome == Outcome::discover)
    visited.insert(visit_key(source.event));
}

// Its log's entries inherit what it was connected with, not what the event or the rule would say.
void Run::State::use_connected(Item& item, const decide::Controller& live) {
  item.device = live.device;
  item.detail = connected_detail(live);
  item.tid.host_traddr = live.host_traddr;
  item.tid.host_iface = live.host_iface;
  if (!live.host_nqn.empty())
    item.tid.host_nqn = live.host_nqn;
  if (!live.hostid.empty())
    item.tid.hostid = live.hostid;
}

// False if its connected controller serves, or if it cannot be connected: then the item says why.
bool Run::State::must_connect_discovery(Item& item, const event::Event& decided) {
  // The event's own device serves under whichever host NQN it was connected with.
  Tid as_connected = item.tid;
  if (!decided.device.empty())
    as_connected.host_nqn = decided.host_nqn;
  if (const decide::Controller* const live = connected_as(as_connected, facts)) {
    use_connected(item, *live);
    return false;
  }
  if (const decide::Exclusion* const exclusion = excluded_by(item.tid, facts)) {
    settle(item, Outcome::refused, Reason::excluded_by_list, exclusion->text);
    return false;
  }
  HostSideChoice const side = resolve_discovery_host_side(decided, facts).front();
  if (side.reason) {
    settle(item, Outcome::refused, side.reason, side.detail);
    return false;
  }
  item.tid.traddr = side.traddr;
  item.tid.host_traddr = side.host_traddr;
  item.tid.host_iface = side.host_iface;
  return !denied_on(item, decided, side);
}

void Run::State::decide_subsystem(const event::Event& decided, std::optional<std::size_t> parent,
                                  bool slow_lane) {
  Item item{.parent = parent, .subject = Subject::io_subsystem};
  item.event = decided.kind;
  item.slow_lane = slow_lane;
  item.tid = tid_of(decided, decided.subsystem_nqn);
  decide::Decision const decision = decide::decide(policy, decided, facts.hostname);
  if (!put_decision(item, decided, decision)) {
    append(std::move(item), {decided});
    return;
  }
  const policy::Rule& rule = *decision.rule;
  ResolvedIdentity const identity = identity_for(policy, facts, decided, rule);
  item.tid.host_nqn = identity.host_nqn;
  item.tid.hostid = identity.hostid;
  item.connect = resolve_options({.policy = policy,
                                  .rule = rule,
                                  .target = target_of(decided),
                                  .identity = identity.named,
                                  .subject = Subject::io_subsystem});
  item.left_out = drop_inapplicable(item.connect, decided.transport);
  item.retry = resolve_retry(policy, rule, decided.kind == EventKind::boot);
  item.probe = rule.probe;
  item.expect_paths = rule.expect_paths;
  if (const decide::Exclusion* const exclusion = excluded_by(item.tid, facts)) {
    settle(item, Outcome::refused, Reason::excluded_by_list, exclusion->text);
    append(std::move(item), {decided, 0, &rule});
    return;
  }
  for (const HostSideChoice& side : resolve_host_side(decided, rule.host_side, facts))
    decide_path(item, decided, side, rule, identity);
}

void Run::State::decide_path(Item item, const event::Event& decided, const HostSideChoice& side,
                             const policy::Rule& rule, const ResolvedIdentity& identity) {
  item.tid.traddr = side.traddr;
  item.tid.host_traddr = side.host_traddr;
  item.tid.host_iface = side.host_iface;
  if (side.reason) {
    settle(item, Outcome::refused, side.reason, side.detail);
  } else if (!denied_on(item, decided, side)) {
    std::optional<std::string> const holder = paths().holder(item.tid);
    if (holder)
      settle(item, Outcome::ignored, Reason::duplicate_of, *holder);
    else if (!settled_by_connected(item))
      obstructed(item, identity, decided.secure_channel);
    bool const holds = item.outcome == Outcome::connect || item.outcome == Outcome::keep ||
                       item.outcome == Outcome::differs;
    if (holds)
      paths().add(item.tid, settings.shared_paths
                                ? fmt::format("item {} of {}", items.size(), endpoint_id(event))
                                : fmt::format("item {}", items.size()));
  }
  append(std::move(item), {decided, 0, &rule});
}

// Guards look again once the host side is resolved.
bool Run::State::denied_on(Item& item, const event::Event& decided, const HostSideChoice& side) {
  event::Event resolved = decided;
  resolved.traddr = side.traddr;
  resolved.host_traddr = side.host_traddr;
  resolved.host_iface = side.host_iface;
  if (resolved == decided)
    return false;
  const policy::Guard* const guard = decide::denied_by(policy, resolved, facts.hostname);
  if (!guard)
    return false;
  item.decided_by = decided_by({.guard = guard});
  settle(item, Outcome::denied, Reason::denied, guard->reason);
  return true;
}

bool Run::State::settled_by_connected(Item& item) {
  const decide::Controller* const live = connected_as(item.tid, facts);
  if (!live)
    return false;
  item.device = live->device;
  if (live->owner && *live->owner != "nvmf-policy")
    settle(item, Outcome::refused, Reason::owned_by, connected_detail(*live));
  else if (auto const what = difference(item.connect, *live))
    settle(item, Outcome::differs, std::nullopt, fmt::format("{}: {}", live->device, *what));
  else
    settle(item, Outcome::keep, std::nullopt, connected_detail(*live));
  return true;
}

bool Run::State::obstructed(Item& item, const ResolvedIdentity& identity,
                            std::optional<base::SecureChannel> treq) {
  if (auto problem = identity_problem(identity, facts)) {
    settle(item, Outcome::refused, Reason::identity_missing, std::move(*problem));
    return true;
  }
  if (auto conflict = identity_conflict(identity, facts)) {
    settle(item, Outcome::refused, Reason::identity_conflict, std::move(*conflict));
    return true;
  }
  auto obstacle = kernel_lacks(item.tid, item.connect, facts);
  if (!obstacle)
    obstacle = lacks_security(item.tid, item.connect, treq);
  if (!obstacle)
    obstacle = lacks_secret(item.connect, facts);
  if (obstacle)
    settle(item, Outcome::refused, obstacle->reason, std::move(obstacle->detail));
  return obstacle.has_value();
}

void Run::State::ignore(const event::Event& decided, std::string nqn, std::size_t parent,
                        Reason reason, std::string detail) {
  Item item{.parent = parent, .subject = decided.subject};
  item.event = decided.kind;
  item.tid = tid_of(decided, std::move(nqn));
  settle(item, Outcome::ignored, reason, std::move(detail));
  append(std::move(item), {decided});
}

void Run::State::decide_referral(std::size_t parent, const event::EntryEvent& referral,
                                 bool duplicate) {
  unsigned const depth = origins[parent].depth + 1;
  if (visited.contains(visit_key(referral.event)))
    return ignore(referral.event, referral.nqn, parent, Reason::referral_loop,
                  "visited in this run already");
  if (duplicate)
    return ignore(referral.event, referral.nqn, parent, Reason::referral_loop,
                  "its information was had already (DUPRETINFO)");
  if (depth > policy.limits.referral_depth)
    return ignore(referral.event, referral.nqn, parent, Reason::referral_depth,
                  fmt::format("more than {} referrals deep", policy.limits.referral_depth));
  const policy::Rule* const parent_rule = origins[parent].rule;
  bool const follow = items[parent].follow_referrals;
  decide_discovery({referral.event, referral.nqn, parent, depth});
  Item& item = items.back();
  if (!follow && item.outcome != Outcome::denied && parent_rule) {
    visited.erase(visit_key(referral.event));
    item.decided_by = decided_by({.rule = parent_rule});
    item.closest.clear();
    settle(item, Outcome::ignored, Reason::ignored_by_rule, "referrals: ignore");
  }
}

void Run::State::decide_entry(std::size_t parent, const event::LogEntry& entry,
                              const event::Event& parent_event, bool information_had) {
  event::EntryReading const reading = event::from_entry(entry, parent_event);
  if (const auto* problem = std::get_if<event::EntryProblem>(&reading)) {
    Item item{.parent = parent, .subject = problem->subject};
    item.tid = {.transport = problem->transport,
                .traddr = problem->traddr,
                .trsvcid = problem->trsvcid,
                .subsystem_nqn = problem->nqn};
    settle(item, Outcome::ignored, reason_of(problem->kind), problem->detail);
    return append(std::move(item), {parent_event});
  }
  const auto& usable = std::get<event::EntryEvent>(reading);
  if (usable.event.kind == EventKind::referral) {
    bool const flagged = (entry.eflags & event::eflag_duplicate_returned_information) != 0;
    return decide_referral(parent, usable, flagged && information_had);
  }
  decide_subsystem(usable.event, parent, (entry.eflags & event::eflag_not_connected_to_cdc) != 0);
}

Run::Run(const policy::Policy& policy, const decide::Facts& facts, event::Event event,
         RunSettings settings)
    : state_(std::make_unique<State>(State{policy,
                                           facts,
                                           with_identity(policy, facts, std::move(event)),
                                           settings,
                                           {},
                                           {},
                                           {},
                                           {}})) {}
Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

std::vector<Item> Run::decide_event() {
  if (state_->event.subject == Subject::discovery_controller) {
    bool const unique = state_->event.discovery_nqn != base::well_known_discovery_nqn;
    state_->decide_discovery(
        {state_->event, unique ? state_->event.discovery_nqn : std::string(), std::nullopt, 0});
  } else {
    state_->decide_subsystem(state_->event, std::nullopt, false);
  }
  return state_->items;
}

std::vector<Item> Run::decide_log(std::size_t parent, const event::DiscoveryLog& log,
                                  const std::string& discovery_nqn) {
  std::size_t const before = state_->items.size();
  event::Event parent_event = state_->origins[parent].event;
  const Item& source = state_->items[parent];
  parent_event.sources = source.sources;
  parent_event.host_traddr = source.tid.host_traddr;
  parent_event.host_iface = source.tid.host_iface;
  parent_event.host_nqn = source.tid.host_nqn;
  parent_event.hostid = source.tid.hostid;
  parent_event.discovery_nqn = discovery_nqn.empty() ? source.tid.subsystem_nqn : discovery_nqn;
  bool information_had = std::any_of(log.entries.begin(), log.entries.end(), [](const auto& each) {
    return each.subtype == event::EntrySubtype::current_discovery &&
           (each.eflags & event::eflag_duplicate_returned_information) != 0;
  });
  std::size_t const limit = state_->policy.limits.log_entries;
  for (std::size_t i = 0; i < std::min(limit, log.entries.size()); ++i) {
    state_->decide_entry(parent, log.entries[i], parent_event, information_had);
    const Item& decided = state_->items.back();
    information_had |= log.entries[i].subtype == event::EntrySubtype::referral &&
                       decided.outcome == Outcome::discover &&
                       (log.entries[i].eflags & event::eflag_duplicate_returned_information) != 0;
  }
  std::uint64_t const claimed = std::max<std::uint64_t>(log.numrec, log.entries.size());
  if (claimed > limit) {
    Item rest{.parent = parent};
    settle(rest, Outcome::ignored, Reason::over_limit,
           fmt::format("{} more records than the limit of {}", claimed - limit, limit));
    state_->append(std::move(rest), {parent_event});
  }
  return {state_->items.begin() + static_cast<std::ptrdiff_t>(before), state_->items.end()};
}

const std::vector<Item>& Run::items() const { return state_->items; }

const event::Event& Run::event_of(std::size_t index) const { return state_->origins[index].event; }

Plan Run::plan() const {
  Plan plan{.id = endpoint_id(state_->event), .event = state_->event, .items = state_->items};
  plan.policy.digest = state_->policy.digest;
  for (const policy::File& file : state_->policy.files)
    plan.policy.files.push_back(file.path);
  return plan;
}

} // namespace nvmf::plan
