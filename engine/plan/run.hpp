// From an event to its items, step by step: the event itself, then each discovery log as it is
// read. The dry run and the executor both go through here.
#pragma once

#include "decide/decide.hpp"
#include "decide/facts.hpp"
#include "event/log_entry.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::plan {

// The paths that were decided as `connect`, `keep` or `differs`, resolved host side included.
// Shared by the runs of one dry run over all events, so that a path listed by four discovery
// controllers is one connect and three duplicates.
class PathLedger {
public:
  // Who has the path; nothing if it is new.
  std::optional<std::string> holder(const Tid& tid) const;
  void add(const Tid& tid, const std::string& holder);

  // The kernel takes one host NQN for a hostid and the reverse (drivers/nvme/host/fabrics.c,
  // nvmf_host_add): "hostid … is planned with host NQN … already"; nothing where both agree with
  // what was planned so far. `use_identity` plans one.
  std::optional<std::string> identity_conflict(const Tid& tid) const;
  void use_identity(const Tid& tid);

private:
  std::map<std::string, std::string> holders_;
  std::map<std::string, std::string> nqn_of_hostid_;
  std::map<std::string, std::string> hostid_of_nqn_;
};

// Which host side the kernel's routing chooses for a path that names none, or names half of one.
struct RoutedSide {
  std::string host_iface;
  std::optional<base::Traddr> host_traddr;
};
using AskRouting = std::function<std::optional<RoutedSide>(const Tid&)>;

// Whether discovery controllers that the policy wants to stay do so, or are read once and let go:
// an initramfs leaves none behind.
enum class DiscoveryStay : std::uint8_t { as_policy_says, until_read };

struct RunSettings {
  // Fill Item::closest for what no rule matched. Costs a look at every clause.
  bool explain_ignored = false;
  // Paths of earlier runs; none: this run's own only. Must outlive the run.
  PathLedger* shared_paths = nullptr;
  // Asked where a guard might deny what routing chooses; none: it is unknown, and no guard holds
  // for it.
  AskRouting routing;
  DiscoveryStay discovery = DiscoveryStay::as_policy_says;
};

// An event as the guards see it last, and how each of them came out: where it is wanted, it has the
// host side and the identity that would be used. Pointers lead into the policy.
struct GuardedItem {
  event::Event event;
  std::vector<decide::MatchTrace> guards;

  const policy::Guard* denied_by() const; // the first that holds; null: none
};

// One pass over an event and the logs it leads to. Holds what a pass must remember: which discovery
// controllers were visited, which paths were already decided. A log that is read again is a new
// Run.
//
// `policy` and `facts` must outlive it. Not thread-safe.
class Run {
public:
  Run(const policy::Policy& policy, const decide::Facts& facts, event::Event event,
      RunSettings settings = {});
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  // Decides the event itself. For a discovery controller (event, discovery target) that is one
  // item; for an I/O subsystem one per resolved host side. Call once, first. A discovery target on
  // fc without a host port should have been split before (endpoints.hpp); here the first port is
  // taken.
  std::vector<Item> decide_event();

  // Decides the entries of the log of item `parent` (its index in items()), in log order; referrals
  // that are to be followed come out as `discover`.
  // `discovery_nqn`: the discovery controller's own NQN where it is known, else empty.
  std::vector<Item> decide_log(std::size_t parent, const event::DiscoveryLog& log,
                               const std::string& discovery_nqn = {});

  // All items so far; decide_event and decide_log append to it and return what they appended.
  const std::vector<Item>& items() const;

  // The event as item `index` was decided: what its own log's entries inherit from.
  const event::Event& event_of(std::size_t index) const;

  // How the guards were held against item `index` last.
  GuardedItem guarded(std::size_t index) const;

  // A guard holds for item `index`, that is wanted, as routing chooses its host side now.
  bool is_denied_now(std::size_t index) const;

  // A guard denies item `index` only as routing chose its host side: with another route it may be
  // let through.
  bool is_denied_as_routed(std::size_t index) const;

  // Item `index` is one of an I/O subsystem's paths of `same-subnet`, one for each interface there
  // is: another interface would be another path.
  bool is_one_of_subnet(std::size_t index) const;

  // From which record of its log item `index` was made, counted from 0; nothing for the event's own
  // items, and for the one that sums up the records over the limit.
  std::optional<std::size_t> record_of(std::size_t index) const;

  // The plan so far.
  Plan plan() const;

private:
  Run(const policy::Policy& policy, std::shared_ptr<const decide::Facts> own,
      const decide::Facts& facts, event::Event event, RunSettings settings);

  struct State;
  std::unique_ptr<State> state_;
};

} // namespace nvmf::plan
