// Events as text: event files for machines, one line for people.
#include "base/wire_text.hpp"
#include "event/codec.hpp"
#include "event/event_file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

// YAML's double-quoted style.
std::string double_quoted(std::string_view text) {
  std::string result = "\"";
  for (char const c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + '"';
}

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
class YamlValue {
public:
  explicit YamlValue(FieldForm form) : form_(form) {}

  std::string operator()(const std::string& text) const {
    bool const is_plain = form_ == FieldForm::word || form_ == FieldForm::number ||
                          form_ == FieldForm::service || form_ == FieldForm::flag;
    return ' ' + (is_plain ? text : double_quoted(text)) + '\n';
  }
  std::string operator()(const std::vector<std::string>& texts) const {
    std::string lines = "\n";
    for (const std::string& text : texts)
      lines += fmt::format("  - {}\n", double_quoted(text));
    return lines;
  }
  std::string operator()(const Properties& properties) const {
    std::string lines = "\n";
    for (auto const& [name, value] : properties)
      lines += fmt::format("  {}: {}\n", double_quoted(name), double_quoted(value));
    return lines;
  }

private:
  FieldForm form_;
};

} // namespace

std::string to_event_file(const Event& event) {
  DescribedEvent written{.event = event};
  written.event.udev = writable(event.udev);
  std::string text;
  for (const NamedValue& each : encode(written))
    text +=
        fmt::format("{}:{}", each.field.name, std::visit(YamlValue(each.field.form), each.value));
  return text;
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
