// Event files: udev's `KEY=VALUE` lines, or YAML/JSON with the names of the match keys.
#pragma once

#include "diag/finding.hpp"
#include "event/from_udev.hpp"
#include "yaml/tree.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::event {

// The content of an event file. `hostname` is beside the event, because it is a fact about the
// host.
struct EventFile {
  Reading reading;
  std::optional<std::string> hostname;
  std::size_t passed_over = 0; // other udev events in it that trigger as well
  bool operator==(const EventFile&) const = default;
};

// Reads either form, recognised by content. Every mistake is a finding at its line; nothing is
// returned if there was one. A udev event that lacks a field is returned as Malformed. Of several
// udev events the last one that triggers counts, else the last one; the others that would have
// triggered are counted.
std::optional<EventFile> parse_event_file(const diag::SourcePtr& source, diag::Sink& sink);

// One event as a map of a YAML text; what parse_event_file does with its second form, for files
// that hold events among other things.
std::optional<EventFile> parse_event(const yaml::Document& document, const yaml::Node& node,
                                     diag::Sink& sink);

// The records of `KEY=VALUE` lines that `udevadm monitor --property` and `udevadm info -q property`
// (and, with its `E: ` prefix, `udevadm info`) print. Other lines end a record.
std::vector<Properties> parse_property_records(std::string_view text);

// The event as a YAML event file that parse_event_file reads back to the same event, but for udev
// properties that are not printable ASCII: those are left out. Newline at the end.
std::string to_event_file(const Event& event);

// One line for people: `discovery-log-changed  tcp 10.20.1.10:8009 via ens1f0`.
std::string to_line(const Event& event);

// `10.20.1.10:8009`, `[fd20::1]:8009`, an FC address, or what there is.
std::string endpoint_text(const Event& event);

} // namespace nvmf::event
