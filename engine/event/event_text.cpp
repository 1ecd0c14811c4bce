// Events as text: event files for machines, one line for people.
#include "base/wire_text.hpp"
#include "event/event_file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

// YAML's double-quoted style.
std::string quoted(std::string_view text) {
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

void add(std::string& text, std::string_view key, std::string_view value) {
  if (!value.empty())
    text += fmt::format("{}: {}\n", key, quoted(value));
}

std::string text_of(const std::optional<base::Traddr>& address) {
  return address ? address->to_string() : std::string();
}

} // namespace

std::string to_event_file(const Event& event) {
  std::string text = fmt::format("event: {}\ntransport: {}\n", base::to_string(event.kind),
                                 base::to_string(event.transport));
  add(text, "traddr", text_of(event.traddr));
  if (event.trsvcid)
    text += fmt::format("trsvcid: {}\n", *event.trsvcid);
  add(text, "host-traddr", text_of(event.host_traddr));
  add(text, "host-iface", event.host_iface);
  add(text, "subsystem-nqn", event.subsystem_nqn);
  add(text, "discovery-nqn", event.discovery_nqn);
  add(text, "host-nqn", event.host_nqn);
  add(text, "hostid", event.hostid);
  if (event.portid)
    text += fmt::format("portid: {}\n", *event.portid);
  if (event.secure_channel)
    text += fmt::format("secure-channel: {}\n", base::to_string(*event.secure_channel));
  if (!event.sources.empty())
    text += "source:\n";
  for (const std::string& source : event.sources)
    text += fmt::format("  - {}\n", quoted(source));
  add(text, "device", event.device);
  add(text, "target", event.target);
  Properties const properties = writable(event.udev);
  if (!properties.empty())
    text += "udev:\n";
  for (auto const& [name, value] : properties)
    text += fmt::format("  {}: {}\n", quoted(name), quoted(value));
  return text;
}

std::string endpoint_text(const Event& event) {
  if (!event.traddr)
    return event.subsystem_nqn.empty() ? "-" : event.subsystem_nqn;
  std::string address = event.traddr->to_string();
  if (!event.trsvcid)
    return address;
  bool const v6 = event.traddr->ip() && event.traddr->ip()->family == base::IpFamily::v6;
  return v6 ? fmt::format("[{}]:{}", address, *event.trsvcid)
            : fmt::format("{}:{}", address, *event.trsvcid);
}

std::string to_line(const Event& event) {
  std::string line = fmt::format("{}  {} {}", base::to_string(event.kind),
                                 base::to_string(event.transport), endpoint_text(event));
  if (!event.subsystem_nqn.empty() && event.traddr)
    line += ' ' + base::escaped(event.subsystem_nqn);
  if (!event.host_iface.empty())
    line += " via " + base::escaped(event.host_iface);
  else if (event.host_traddr)
    line += " from " + event.host_traddr->to_string();
  return line;
}

} // namespace nvmf::event
