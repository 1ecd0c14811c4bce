// The planner's decisions as its journal lines tell them: what the planner writes into a line so
// that `explain --last` can decide the event again, and how it is read back.
#pragma once

#include "decide/decide.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"
#include "systemd/journal_reader.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::service {

// The field of a line with the whole event.
inline constexpr const char* event_file_field = "NVMF_EVENT_FILE";

// The event as an event file, for that field. It stays small: udev's properties are left out of a
// large one, and one that is large without them is left out itself (empty).
std::string event_field_text(const event::Event& event);

// The earlier decision, in the words as they were logged. Without an outcome: undecided.
struct LoggedDecision {
  std::chrono::system_clock::time_point time;
  event::Event event;
  std::string outcome;
  std::string reason;
  std::string by; // guard or rule
  // No decision: the event is that of a path that an administrator disconnected by hand.
  bool removed_by_hand = false;
};

// The newest decisions, newest first, at most `limit`. Fails where the journal cannot be read, and
// where it has no decision whose event can be read back.
base::Result<std::vector<LoggedDecision>> logged_decisions(systemd::JournalReader& journal,
                                                           std::size_t limit);

// The relation of a decision of now to the one of then. The state of the host may have had the last
// word then (an exclusion, a duplicate): that shows nothing about the policy.
enum class Comparison : std::uint8_t { same, another, not_comparable };
Comparison compared(const policy::Policy& policy, const LoggedDecision& then,
                    const decide::Decision& now);

// `2026-11-22T13:40:12Z`
std::string time_text(const LoggedDecision& then);

// One line: `then: disconnected by hand, …`, or
// `decided then: discover by storage-discovery; now it is decided otherwise`.
std::string then_text(const policy::Policy& policy, const LoggedDecision& then,
                      const decide::Decision& now);

} // namespace nvmf::service
