// From an event to a request: what udev's planner, the boot unit and the sweep have in common.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"
#include "systemd/journal.hpp"
#include "systemd/units.hpp"

#include <memory>
#include <string>

namespace nvmf::service {

// The world that a planner acts on; all of it must outlive the planner.
struct PlannerWorld {
  base::FileSystem& files;
  systemd::UnitStarter& units;
  systemd::Journal& journal;
  std::string root; // where `files` are looked for
};

// The policy that boot and sweep act on: the files as they are, which then become the last good
// policy, or that one while they are broken. Null where nothing may be connected. The mistakes of
// the files are in the journal.
std::shared_ptr<const policy::Policy> policy_for_services(const PlannerWorld& world);

// The policy is still the one that `policy_for_services` would give; says nothing in the journal.
bool is_in_force(const base::FileSystem& files, const policy::Policy& policy);

// The event's own items (its log is the executor's business).
plan::Plan plan_event(const policy::Policy& policy, const decide::Facts& facts,
                      const event::Event& event);

// An event of a controller that we connected meets in the plan that it was connected for.
plan::Plan with_noted_id(const base::FileSystem& files, plan::Plan plan);

// The event without any decision: the executor decides it. Without a policy the id of an event that
// names no identity is made from the host's own.
plan::Plan undecided_plan(const base::FileSystem& files, const event::Event& event);

// Something of the plan is to be tried: it is undecided, or an item is `discover` or `connect`.
bool is_wanted(const plan::Plan& plan);

// An item is a live path of the firmware's table: a session is to know it, so that it is connected
// again when it is lost.
bool is_adopted(const plan::Plan& plan);

// Starts the executor; before it the module that makes /dev/nvme-fabrics, where it is not loaded.
base::Result<void> start_executor(const base::FileSystem& files, systemd::UnitStarter& units);

// Writes the request, nudges systemd (whose path unit would start the executor, too) unless one
// watches for it, and notes it in the journal. A plan that neither wants nor adopts anything is
// only noted. Fails if
// the request could not be written.
base::Result<void> hand_over(const PlannerWorld& world, const plan::Plan& plan);

} // namespace nvmf::service
