// From an event to its items, step by step: the event itself, then each discovery log as it is
// read. The dry run and the executor both go through here.
#pragma once

#include "decide/facts.hpp"
#include "event/log_entry.hpp"
#include "plan/plan.hpp"

#include <memory>
#include <vector>

namespace nvmf::plan {

// One pass over an event and the logs it leads to. Holds what a pass must remember: which discovery
// controllers were visited, which paths were already decided. A log that is read again is a new
// Run.
//
// `policy` and `facts` must outlive it. Not thread-safe.
class Run {
public:
  Run(const policy::Policy& policy, const decide::Facts& facts, event::Event event);
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  // Decides the event itself. For a discovery controller (event, discovery target) that is one
  // item; a target without a host side may become several (fc: one per host port; `same-subnet`).
  // Call once, first.
  std::vector<Item> decide_event();

  // Decides the entries of the log of item `parent` (its index in items()), in log order; referrals
  // that are to be followed come out as `discover`.
  // `discovery_nqn`: the discovery controller's own NQN where it is known, else empty.
  std::vector<Item> decide_log(std::size_t parent, const event::DiscoveryLog& log,
                               const std::string& discovery_nqn = {});

  // All items so far; decide_event and decide_log append to it and return what they appended.
  const std::vector<Item>& items() const;

  // The plan as it stands.
  Plan plan() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace nvmf::plan
