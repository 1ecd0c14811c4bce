// A starter policy from what is there: live connections, or what nothing matched.
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "event/log_entry.hpp"
#include "importing/model.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <vector>

namespace nvmf::cli {

// The connections of now: each discovery controller becomes a target, with those of its options
// that are not the kernel's defaults, and its subsystems are named in rules. Without a discovery
// controller the subsystems are targets. Another owner's controllers are left out, with a note, and
// invisible parts are noted: whether a subsystem was connected by hand, secrets.
importing::Imported connected_now(const decide::Facts& facts);

// An event with the logs that were read for it, in the order in which they were.
struct SeenEvent {
  event::Event event;
  struct Log {
    base::Endpoint of; // the discovery controller's; its host side is not compared
    event::DiscoveryLog log;
  };
  std::vector<Log> logs;
};

// The entries of these events and their logs that no rule of the policy wants.
importing::Imported unmatched(const policy::Policy& policy, const decide::Facts& facts,
                              const std::vector<SeenEvent>& seen);

} // namespace nvmf::cli
