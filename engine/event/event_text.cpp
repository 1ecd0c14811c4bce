// Events as text: event files for machines, one line for people.
#include "base/wire_text.hpp"
#include "event/event_file.hpp"

#include <fmt/format.h>

namespace nvmf::event {

namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0; // 0: no UTF-8
};

// The UTF-8 sequence that begins a text (RFC 3629; overlong forms are not told apart: they are
// written as what they stand for).
CodePoint code_point(std::string_view text) {
  auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  std::size_t const length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : byte(0) >= 0xc0 ? 2 : 0;
  if (length == 0 || text.size() < length)
    return {};
  std::uint32_t value = byte(0) & (0x7fU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0U) != 0x80U)
      return {};
    value = value << 6U | (byte(at) & 0x3fU);
  }
  bool const is_character = value < 0x110000 && (value < 0xd800 || value > 0xdfff);
  return is_character ? CodePoint{value, length} : CodePoint{};
}

// YAML's double-quoted style in ASCII. Bytes that are no UTF-8, which YAML cannot hold, come out as
// the characters of the same number.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    auto const c = static_cast<unsigned char>(text[at]);
    CodePoint const wide = c < 0x80 ? CodePoint{} : code_point(text.substr(at));
    if (wide.length != 0)
      result += fmt::format("\\U{:08x}", wide.value);
    else if (c == '"' || c == '\\')
      result += fmt::format("\\{}", static_cast<char>(c));
    else if (c < ' ' || c >= 0x7f)
      result += fmt::format("\\x{:02x}", c);
    else
      result += static_cast<char>(c);
    at += wide.length == 0 ? 1 : wide.length;
  }
  return result + '"';
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
  if (!event.udev.empty())
    text += "udev:\n";
  for (auto const& [name, value] : event.udev)
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
