// The events that a command line asks to decide.
#pragma once

#include "cli/globals.hpp"
#include "decide/facts.hpp"
#include "event/event.hpp"
#include "event/from_udev.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nvmf::cli {

// Whose controllers and ports are looked at.
enum class EventHost : std::uint8_t { this_host, facts };

struct EventChoice {
  std::optional<std::string> file;   // --event
  std::optional<std::string> device; // --device
  std::optional<std::string> target; // --target: what a boot would make of it
  bool firmware = false;             // --nbft alone: what the table names
  bool all = false;                  // --all, and the default
  EventHost host = EventHost::this_host;
};

using ChosenEvent = std::variant<event::Event, event::MustNotTrigger>;

// The events; nothing after having said on standard error why there are none (an unreadable file, a
// missing field). An event file's `hostname` goes into `facts`.
std::optional<std::vector<ChosenEvent>> choose_events(const EventChoice& choice,
                                                      const Globals& globals,
                                                      const policy::Policy& policy,
                                                      decide::Facts& facts);

// Whether the policy has this target; false after having said that there is none, with the nearest.
bool has_target(const policy::Policy& policy, const std::string& name);

} // namespace nvmf::cli
