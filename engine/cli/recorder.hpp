// Live events as event files.
#pragma once

#include "base/clock.hpp"
#include "base/duration.hpp"
#include "base/result.hpp"
#include "event/uevents.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace nvmf::cli {

struct RecordLimits {
  std::optional<std::size_t> count; // none: no limit
  base::Duration timeout = base::infinite_duration;
};

struct RecordedEvent {
  std::string name; // `discovery-log-changed-nvme0`, fit for a file name
  std::string text; // `KEY=VALUE` lines, which event::parse_event_file reads
};

// The event, if it is one that the program would act on, or would have to complain about: nothing
// for what must not trigger.
std::optional<RecordedEvent> recorded(const event::Properties& properties);

// Hands each such event to `keep` until a limit is reached; returns how many there were. Fails with
// the source, or with `keep`.
base::Result<std::size_t>
record_events(event::UeventSource& source, const RecordLimits& limits, const base::Clock& clock,
              const std::function<base::Result<void>(const RecordedEvent&)>& keep);

} // namespace nvmf::cli
