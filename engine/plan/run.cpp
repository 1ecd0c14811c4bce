#include "plan/run.hpp"

#include "base/nqn.hpp"
#include "plan/id.hpp"
#include "plan/run_state.hpp"
#include "plan/target_of.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

using base::EventKind;
using base::Subject;
using decide::Outcome;
using decide::Reason;

namespace {

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

// Facts of their own where the event or a controller shows that a list of FC ports is not complete.
std::shared_ptr<const decide::Facts> facts_for(const decide::Facts& facts,
                                               const event::Event& event) {
  if (!facts.fc_ports)
    return nullptr;
  auto ports = fc_ports_as_shown(facts, event);
  if (ports == facts.fc_ports)
    return nullptr;
  auto own = std::make_shared<decide::Facts>(facts);
  own->fc_ports = std::move(ports);
  return own;
}

} // namespace

void Run::State::ignore(const event::Event& decided, std::string nqn, std::size_t parent,
                        Reason reason, std::string detail) {
  Item item{.parent = parent, .subject = decided.subject};
  item.event = decided.kind;
  item.tid = tid_of(decided, std::move(nqn));
  settle(item, Outcome::ignored, reason, std::move(detail));
  append(std::move(item), {decided});
}

void Run::State::ignore_unusable(std::size_t parent, const event::EntryProblem& problem,
                                 const event::Event& parent_event) {
  Item item{.parent = parent, .subject = problem.subject};
  item.tid = {.endpoint = problem.endpoint, .subsystem_nqn = problem.nqn};
  settle(item, Outcome::ignored, reason_of(problem.kind), problem.detail);
  append(std::move(item), {parent_event});
}

void Run::State::pass_over(std::size_t parent, const event::LogEntry& entry,
                           const event::Event& parent_event, std::string detail) {
  event::EntryReading const reading = event::from_entry(entry, parent_event);
  if (const auto* problem = std::get_if<event::EntryProblem>(&reading))
    return ignore_unusable(parent, *problem, parent_event);
  const auto& usable = std::get<event::EntryEvent>(reading);
  ignore(usable.event, usable.nqn, parent, Reason::over_limit, std::move(detail));
}

void Run::State::decide_entry(std::size_t parent, const event::LogEntry& entry,
                              const event::Event& parent_event, bool information_had) {
  event::EntryReading const reading = event::from_entry(entry, parent_event);
  if (const auto* problem = std::get_if<event::EntryProblem>(&reading))
    return ignore_unusable(parent, *problem, parent_event);
  const auto& usable = std::get<event::EntryEvent>(reading);
  if (usable.event.kind == EventKind::referral) {
    bool const flagged = (entry.eflags & event::eflag_duplicate_returned_information) != 0;
    return decide_referral(parent, usable, flagged && information_had);
  }
  decide_subsystem(for_target(policy, facts, usable.event), parent,
                   (entry.eflags & event::eflag_not_connected_to_cdc) != 0);
}

Run::Run(const policy::Policy& policy, const decide::Facts& facts, event::Event event,
         RunSettings settings)
    : Run(policy, facts_for(facts, event), facts, std::move(event), settings) {}

Run::Run(const policy::Policy& policy, std::shared_ptr<const decide::Facts> own,
         const decide::Facts& facts, event::Event event, RunSettings settings)
    : state_(std::make_unique<State>(State{policy,
                                           own,
                                           own ? *own : facts,
                                           for_target(policy, own ? *own : facts, std::move(event)),
                                           settings,
                                           {},
                                           {},
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
  // By name: an identity whose values are not known has one, and so have two with the same values.
  if (const policy::Rule* const rule = state_->origins[parent].rule)
    if (const policy::Identity* const named =
            identity_for(state_->policy, state_->facts, parent_event, *rule).named)
      parent_event.identity = named->name;
  parent_event.sources = source.sources;
  parent_event.endpoint.host_traddr = source.tid.endpoint->host_traddr;
  parent_event.endpoint.host_iface = source.tid.endpoint->host_iface;
  parent_event.host_nqn = source.tid.host_nqn;
  parent_event.hostid = source.tid.hostid;
  parent_event = with_identity(state_->policy, state_->facts, std::move(parent_event));
  parent_event.discovery_nqn = discovery_nqn.empty() ? source.tid.subsystem_nqn : discovery_nqn;
  bool information_had = std::any_of(log.entries.begin(), log.entries.end(), [](const auto& each) {
    return each.subtype == event::EntrySubtype::current_discovery &&
           (each.eflags & event::eflag_duplicate_returned_information) != 0;
  });
  std::size_t const limit = state_->policy.limits.log_entries;
  std::size_t const taken = std::min(limit, log.entries.size());
  auto const note_record = [this](std::size_t first, std::size_t record) {
    for (std::size_t made = first; made < state_->items.size(); ++made)
      state_->origins[made].record = record;
  };
  for (std::size_t i = 0; i < taken; ++i) {
    std::size_t const first = state_->items.size();
    state_->decide_entry(parent, log.entries[i], parent_event, information_had);
    note_record(first, i);
    const Item& decided = state_->items.back();
    information_had |= log.entries[i].subtype == event::EntrySubtype::referral &&
                       decided.outcome == Outcome::discover &&
                       (log.entries[i].eflags & event::eflag_duplicate_returned_information) != 0;
  }
  for (std::size_t i = taken; i < log.entries.size(); ++i) {
    std::size_t const first = state_->items.size();
    state_->pass_over(
        parent, log.entries[i], parent_event,
        fmt::format("record {} of the log, `limits.log-entries` is {}", i + 1, limit));
    note_record(first, i);
  }
  // Those that were not even read.
  if (log.numrec > log.entries.size() && log.entries.size() >= limit) {
    Item rest{.parent = parent};
    settle(rest, Outcome::ignored, Reason::over_limit,
           fmt::format("{} more records than `limits.log-entries`, {}", log.numrec - limit, limit));
    state_->append(std::move(rest), {parent_event});
  }
  return {state_->items.begin() + static_cast<std::ptrdiff_t>(before), state_->items.end()};
}

const std::vector<Item>& Run::items() const { return state_->items; }

const event::Event& Run::event_of(std::size_t index) const { return state_->origins[index].event; }

bool Run::is_denied_now(std::size_t index) const {
  Item item = state_->items[index];
  return state_->denied_on(item, state_->origins[index].event, state_->identity_of(index));
}

bool Run::is_denied_as_routed(std::size_t index) const {
  const Item& item = state_->items[index];
  const event::Event& decided = state_->origins[index].event;
  if (item.outcome != Outcome::denied || !item.tid.endpoint ||
      decide::decide_wish(state_->policy, decided, state_->facts.hostname).guard != nullptr)
    return false;
  event::Event const used = as_resolved(item, decided, state_->identity_of(index));
  return state_->guard_against(used, State::OpenSide::unknown) == nullptr;
}

GuardedItem Run::guarded(std::size_t index) const {
  const Item& item = state_->items[index];
  const event::Event& decided = state_->origins[index].event;
  auto const wish = decide::decide_wish(state_->policy, decided, state_->facts.hostname).outcome;
  if (wish != Outcome::discover && wish != Outcome::connect)
    return state_->hold_guards(decided, State::OpenSide::as_shown);
  ResolvedIdentity const identity = state_->identity_of(index);
  bool const is_discovery = item.subject == Subject::discovery_controller;
  if (is_discovery && !item.device.empty() && state_->facts.controllers)
    for (const decide::Controller& live : *state_->facts.controllers)
      if (live.device == item.device)
        return state_->hold_guards(state_->as_connected(item, decided, identity, live),
                                   State::OpenSide::unknown);
  event::Event used = as_resolved(item, decided, identity);
  fill_in_routed_side(used, item.tid, state_->settings.routing);
  return state_->hold_guards(std::move(used), state_->open_side());
}

bool Run::is_one_of_subnet(std::size_t index) const {
  const Item& item = state_->items[index];
  const Origin& origin = state_->origins[index];
  return item.subject == base::Subject::io_subsystem && origin.rule &&
         origin.event.endpoint.transport != base::Transport::fc &&
         host_side_for(origin.event, state_->target_of(origin.event), *origin.rule) ==
             policy::HostSide::same_subnet;
}

std::optional<std::size_t> Run::record_of(std::size_t index) const {
  return state_->origins[index].record;
}

Plan Run::plan() const {
  Plan plan{.id = endpoint_id(state_->event), .event = state_->event, .items = state_->items};
  plan.policy.digest = state_->policy.digest;
  for (const policy::File& file : state_->policy.files)
    plan.policy.files.push_back(file.path);
  return plan;
}

} // namespace nvmf::plan
