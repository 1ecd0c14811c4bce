// The firmware's boot table as the source of events: LANGUAGE "Firmware".
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace nvmf::plan {

// A subsystem of a table through one of its interfaces.
struct InTables {
  const firmware::Table* table = nullptr;
  const firmware::Subsystem* subsystem = nullptr;
  const firmware::Hfi* hfi = nullptr; // null: the table names none that it has
};

// An event of kind `firmware` for each subsystem through each of its interfaces, each path once,
// then for each discovery controller that no subsystem refers to. None where the policy ignores the
// tables.
std::vector<event::Event> firmware_events(const policy::Policy& policy, const decide::Facts& facts);

// The event as the tables name it: an I/O subsystem of theirs, at whatever address, has the table's
// identity and the source `nbft`; a path of theirs its host side, too, and a security profile of it
// asks for a secure channel. The identity that the event's target names is kept. An event about
// nothing of theirs comes back as it was.
event::Event as_in_tables(const policy::Policy& policy, const decide::Facts& facts,
                          event::Event event);

// The path of an event that `as_in_tables` found to be one.
std::optional<InTables> find_in_tables(const policy::Policy& policy, const decide::Facts& facts,
                                       const event::Event& event);

// The interface with the HFI's MAC address and VLAN; nullptr where there is none, or where the
// interfaces are unknown. Points into the facts.
const decide::Interface* interface_of(const firmware::Hfi& hfi, const decide::Facts& facts);

// Whether a subsystem or a discovery controller of the table is reached by that interface.
bool uses_interface(const firmware::Table& table, std::uint8_t hfi);

FirmwarePath firmware_path(const InTables& path);

// The digests that the firmware used, whatever the policy says.
void require_digests(ResolvedOptions& options, const InTables& path);

} // namespace nvmf::plan
