// An event as named values, in one form for every place that writes or reads one: event files,
// plan and state files, the command line, JSON output, and the JSON Schema.
//
// One table says which fields there are. A writer goes through `encode`, a reader through `decode`;
// both are left with how text looks in YAML, in JSON, or in a shell.
#pragma once

#include "diag/finding.hpp"
#include "event/event.hpp"
#include "yaml/tree.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nvmf::event {

class MapFields;

// `hostname` is beside the event, because it is a fact about the host.
struct DescribedEvent {
  Event event;
  std::optional<std::string> hostname;
  bool operator==(const DescribedEvent&) const = default;
};

// Text, a list of texts, or udev's properties. Empty: not set.
using FieldValue =
    std::variant<std::string, std::vector<std::string>, std::map<std::string, std::string>>;
bool is_set(const FieldValue& value);

// How a value looks. A service is a number that JSON writes as text, as it does everywhere.
// `flag`: `true` or `false`.
enum class FieldForm : std::uint8_t {
  word,
  address,
  service,
  text,
  number,
  flag,
  texts,
  properties
};

struct Field {
  std::string_view name; // that of the match key, where there is one
  FieldForm form;
  std::string_view about;              // for the schema
  std::vector<std::string> (*words)(); // of the form `word`
  FieldValue (*get)(const DescribedEvent& event);
  // Takes the value from the map; false where it is not set, or wrong, which was reported then.
  // Addresses and services are of the event's transport.
  bool (*read)(MapFields& map, const std::string& name, DescribedEvent& event);
};

// In the order in which they are written. The subject of an event follows from its kind and its
// subsystem NQN; `sectype` belongs to records of a discovery log, which no file holds as an event.
std::span<const Field> fields();

// The fields that are set.
struct NamedValue {
  const Field& field;
  FieldValue value;
};
std::vector<NamedValue> encode(const DescribedEvent& event);

// The event that a map describes, with what is usual where that was left out: the service id, the
// well-known discovery NQN, fc for `fc-discovery`. Every mistake is a finding; nothing is returned
// if there was one.
std::optional<DescribedEvent> decode(const yaml::Document& document, const yaml::Node& node,
                                     diag::Sink& sink);

// The value of `decode` where no `discovery-nqn` is given: the well-known one where a discovery
// controller is behind the event, else nothing.
std::string_view usual_discovery_nqn(const Event& event);

} // namespace nvmf::event
