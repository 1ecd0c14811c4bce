// Events as text: event files for machines, one line for people.
#include "base/wire_text.hpp"
#include "event/codec.hpp"
#include "event/event_file.hpp"
#include "yaml/writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// The properties that YAML can hold as they are; udev's values may be any bytes.
Properties writable(const Properties& properties) {
  Properties result;
  for (auto const& [name, value] : properties)
    if (is_printable_ascii(name) && is_printable_ascii(value))
      result.emplace(name, value);
  return result;
}

// A word or number as it is, a text quoted, a list or map as lines below the key.
struct FieldWriter {
  yaml::Writer& out;
  const Field& field;

  void operator()(const std::string& text) const {
    bool const is_plain = field.form == FieldForm::word || field.form == FieldForm::number ||
                          field.form == FieldForm::service || field.form == FieldForm::flag;
    out.line(0, field.name, is_plain ? text : yaml::quoted(text));
  }
  void operator()(const std::vector<std::string>& texts) const {
    out.line(0, field.name, {});
    for (const std::string& text : texts)
      out.item(2, yaml::quoted(text));
  }
  void operator()(const Properties& properties) const {
    out.line(0, field.name, {});
    for (auto const& [name, value] : properties)
      out.line(2, yaml::quoted(name), yaml::quoted(value));
  }
};

} // namespace

std::string to_event_file(const Event& event) {
  DescribedEvent written{.event = event};
  written.event.udev = writable(event.udev);
  yaml::Writer yaml;
  for (const NamedValue& each : encode(written))
    std::visit(FieldWriter{yaml, each.field}, each.value);
  return yaml.text();
}

std::string endpoint_text(const Event& event) {
  if (event.endpoint.traddr)
    return event.endpoint.port_text();
  if (event.host_name.empty())
    return event.subsystem_nqn.empty() ? "-" : event.subsystem_nqn;
  return event.endpoint.trsvcid ? fmt::format("{}:{}", event.host_name, *event.endpoint.trsvcid)
                                : event.host_name;
}

std::string to_line(const Event& event) {
  std::string line = fmt::format("{}  {} {}", base::to_string(event.kind),
                                 base::to_string(event.endpoint.transport), endpoint_text(event));
  if (!event.subsystem_nqn.empty() && event.endpoint.traddr)
    line += ' ' + base::escaped(event.subsystem_nqn);
  if (!event.endpoint.host_iface.empty())
    line += " via " + base::escaped(event.endpoint.host_iface);
  else if (event.endpoint.host_traddr)
    line += " from " + event.endpoint.host_traddr->to_string();
  return line;
}

} // namespace nvmf::event
