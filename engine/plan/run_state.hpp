// The inside of a Run: what run.cpp, run_discovery.cpp and run_subsystem.cpp share.
#pragma once

#include "decide/decide.hpp"
#include "event/from_entry.hpp"
#include "plan/firmware.hpp"
#include "plan/host_side.hpp"
#include "plan/identity.hpp"
#include "plan/run.hpp"

#include <memory>
#include <set>

namespace nvmf::plan {

// The origin of an item, kept beside it.
struct Origin {
  event::Event event;
  unsigned depth = 0; // 0: the event's own discovery controller
  const policy::Rule* rule = nullptr;
  std::optional<std::size_t> record; // of its log
};

// A discovery controller to be decided.
struct DiscoverySource {
  event::Event event;
  std::string nqn; // its own where known
  std::optional<std::size_t> parent;
  unsigned depth = 0;
};

// Outcome, reason and detail of an item at once.
void settle(Item& item, decide::Outcome outcome,
            std::optional<decide::Reason> reason = std::nullopt, std::string detail = {});

// The identity of the connection that an event is about.
Tid tid_of(const event::Event& event, std::string nqn);

// The event with the host side and the identity of the item's path, against which guards are held.
event::Event as_resolved(const Item& item, const event::Event& decided,
                         const ResolvedIdentity& identity);

// The kernel's routing chooses what of the host side is unset, and the guard looks at that.
bool looks_at_routed_side(const policy::Guard& guard, const base::Endpoint& endpoint);

// Fills in the routing's choice where the event leaves its host side open.
void fill_in_routed_side(event::Event& event, const Tid& tid, const AskRouting& routing);

// `nvme3, owner stas`.
std::string connected_detail(const decide::Controller& controller);

struct Run::State {
  const policy::Policy& policy;
  std::shared_ptr<const decide::Facts> own_facts; // set where `facts` are not the caller's
  const decide::Facts& facts;
  event::Event event;
  RunSettings settings;
  PathLedger own_paths;
  // Endpoint::port_key of the discovery controllers that were had. Their NQN does not count, or a
  // hostile referral could name a new one each time.
  std::set<std::string> visited;
  std::vector<Item> items;
  std::vector<Origin> origins;                                // one per item
  std::map<const policy::Target*, policy::Rule> target_rules; // of those that no rule decided
  std::map<base::Subject, policy::Rule> firmware_rules;       // likewise

  PathLedger& paths() { return settings.shared_paths ? *settings.shared_paths : own_paths; }

  void append(Item item, Origin origin) {
    items.push_back(std::move(item));
    origins.push_back(std::move(origin));
  }

  const policy::Target* target_of(const event::Event& decided) const;
  // The rule that decided, or what the target is where none did.
  const policy::Rule& rule_of(const decide::Decision& decision, base::Subject subject);
  static bool lacks_address(Item& item, const event::Event& decided);
  bool put_decision(Item& item, const event::Event& decided, const decide::Decision& decision);
  std::vector<std::string> sources_below(const event::Event& decided,
                                         const policy::Rule& rule) const;

  void decide_discovery(const DiscoverySource& source);
  void want_discovery(Item& item, const DiscoverySource& source, const decide::Decision& decision);
  static void use_connected(Item& item, const decide::Controller& live);
  bool must_connect_discovery(Item& item, const event::Event& decided, policy::HostSide mode,
                              const ResolvedIdentity& identity);
  bool takes_host_side(Item& item, const event::Event& decided, policy::HostSide mode,
                       const ResolvedIdentity& identity);
  void decide_subsystem(const event::Event& decided, std::optional<std::size_t> parent,
                        bool slow_lane);
  void decide_path(Item item, const event::Event& decided, const HostSideChoice& side,
                   const policy::Rule& rule, const ResolvedIdentity& identity);
  enum class HostSideKnown : std::uint8_t { no, yes };
  bool excluded(Item& item, HostSideKnown known) const;
  // Guards, held against the host side and the identity of the item's path.
  bool denied_on(Item& item, const event::Event& decided, const ResolvedIdentity& identity);
  // The same for the controller that is connected already.
  bool denied_as_connected(Item& item, const event::Event& decided,
                           const ResolvedIdentity& identity, const decide::Controller& live);
  // The unset part of a host side is not known, or there is none.
  enum class OpenSide : std::uint8_t { unknown, as_shown };
  OpenSide open_side() const;
  bool denied_as_used(Item& item, const event::Event& used, OpenSide side);
  const policy::Guard* guard_against(const event::Event& used, OpenSide side) const;
  // The same of every guard, and why.
  GuardedItem hold_guards(event::Event used, OpenSide side) const;
  event::Event as_connected(const Item& item, const event::Event& decided,
                            const ResolvedIdentity& identity, const decide::Controller& live) const;
  // As whom the path of an item that was decided is connected.
  ResolvedIdentity identity_of(std::size_t index) const;
  bool settled_by_connected(Item& item, const event::Event& decided);
  bool obstructed(Item& item, const ResolvedIdentity& identity, const event::Event& decided);
  void ignore_unusable(std::size_t parent, const event::EntryProblem& problem,
                       const event::Event& parent_event);
  // A usable record that is over the limit.
  void pass_over(std::size_t parent, const event::LogEntry& entry, const event::Event& parent_event,
                 std::string detail);
  void decide_entry(std::size_t parent, const event::LogEntry& entry,
                    const event::Event& parent_event, bool information_had);
  void decide_referral(std::size_t parent, const event::EntryEvent& referral, bool duplicate);
  void ignore(const event::Event& decided, std::string nqn, std::size_t parent,
              decide::Reason reason, std::string detail);
};

} // namespace nvmf::plan
