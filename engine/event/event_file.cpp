#include "event/event_file.hpp"

#include "base/nqn.hpp"
#include "event/map_fields.hpp"
#include "event/usual_service.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <net/if.h>
#include <set>

namespace nvmf::event {

namespace {

using base::EventKind;
using base::Transport;

template <class Words>
std::vector<std::string> words_of(const Words& all) {
  std::vector<std::string> words;
  for (auto const one : all)
    words.emplace_back(base::to_string(one));
  return words;
}

// The property that the line assigns, its value behind the `=`; nothing if it is no such line.
std::optional<std::pair<std::string_view, std::string_view>> property_in(std::string_view line) {
  if (line.starts_with("E: "))
    line.remove_prefix(3);
  auto const equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return std::nullopt;
  std::string_view const name = line.substr(0, equals);
  bool const is_name = (name.front() < '0' || name.front() > '9') &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                         return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                       });
  if (!is_name)
    return std::nullopt;
  return std::pair(name, line.substr(equals + 1));
}

EventFile file_of(const std::vector<Properties>& records) {
  EventFile file{.reading = from_udev(records.back()), .hostname = std::nullopt};
  bool any = false;
  std::set<std::string_view> taken;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    Reading reading = from_udev(*record);
    if (!std::holds_alternative<Event>(reading))
      continue;
    // `udevadm monitor` prints an event twice: as the kernel sent it, and after udev's rules.
    auto const seqnum = record->find("SEQNUM");
    if (seqnum != record->end() && !taken.insert(seqnum->second).second)
      continue;
    if (any)
      ++file.passed_over;
    else
      file.reading = std::move(reading);
    any = true;
  }
  return file;
}

bool is_about_a_subsystem(EventKind kind, bool has_nqn) {
  switch (kind) {
  case EventKind::discovered:
    return true;
  case EventKind::boot:
  case EventKind::controller_lost:
    return has_nqn;
  case EventKind::discovery_log_changed:
  case EventKind::discovery_reconnected:
  case EventKind::fc_discovery:
  case EventKind::referral:
    return false;
  }
  return false;
}

// Whether a discovery controller stands behind the event, whose NQN `discovery-nqn` speaks of.
bool has_discovery_controller(const Event& event) {
  return event.subject == base::Subject::discovery_controller ||
         event.kind == EventKind::discovered;
}

class EventReader {
public:
  EventReader(const yaml::Document& document, const yaml::Node& node, diag::Sink& sink)
      : sink_(sink), fields_(document, node, "an event", sink) {}

  std::optional<EventFile> read() {
    auto const errors_before = sink_.findings().size();
    read_kind();
    auto const transport = read_transport();
    if (transport) {
      event_.transport = *transport;
      read_addresses();
    } else {
      pass_over_addresses();
    }
    read_names();
    // A wrong service was reported.
    if (transport && !event_.trsvcid)
      event_.trsvcid = usual_service(event_.transport, event_.subject);
    read_udev();
    auto hostname = fields_.text("hostname");
    fields_.finish();
    if (sink_.findings().size() != errors_before)
      return std::nullopt;
    return EventFile{.reading = std::move(event_), .hostname = std::move(hostname)};
  }

private:
  void read_kind() {
    fields_.require("event");
    auto const kind =
        fields_.word("event", words_of(base::all_event_kinds), base::parse_event_kind);
    event_.kind = kind.value_or(EventKind::discovered);
    has_kind_ = kind.has_value();
  }

  std::optional<Transport> read_transport() {
    if (!fields_.find("transport") && event_.kind == EventKind::fc_discovery)
      return Transport::fc;
    fields_.require("transport");
    auto const transport =
        fields_.word("transport", words_of(base::all_transports), base::parse_transport);
    if (transport && *transport != Transport::fc && event_.kind == EventKind::fc_discovery)
      fields_.report(code::out_of_range,
                     fmt::format("a `fc-discovery` event has transport fc, not `{}`",
                                 base::to_string(*transport)),
                     *fields_.find("transport"));
    return transport;
  }

  // Without a transport nobody can say whether they are right.
  void pass_over_addresses() {
    for (const char* name : {"traddr", "trsvcid", "host-traddr", "host-iface"})
      fields_.find(name);
  }

  void read_addresses() {
    event_.traddr = fields_.address("traddr", event_.transport);
    if (event_.transport != Transport::loop)
      fields_.require("traddr");
    event_.trsvcid = fields_.service("trsvcid");
    if (event_.transport == Transport::fc || event_.transport == Transport::loop)
      event_.trsvcid.reset();
    event_.host_traddr = fields_.address("host-traddr", event_.transport);
    event_.host_iface = fields_.text("host-iface").value_or("");
    if (event_.host_iface.size() >= IF_NAMESIZE)
      fields_.report(code::out_of_range,
                     fmt::format("`host-iface`: `{}` is no interface name", event_.host_iface),
                     *fields_.find("host-iface"));
    check_destination();
  }

  // What a discovery log's entry may not have either.
  void check_destination() {
    const base::IpAddress* const ip = event_.traddr ? event_.traddr->ip() : nullptr;
    if (ip == nullptr)
      return;
    if (!ip->is_unicast())
      fields_.report(code::bad_address,
                     fmt::format("`traddr`: `{}` is no address of one host", ip->to_string()),
                     *fields_.find("traddr"));
    else if (ip->is_link_local() && ip->scope.empty() && event_.host_iface.empty())
      fields_.report(
          code::bad_address,
          fmt::format("`traddr`: `{}` is link-local and no interface is known", ip->to_string()),
          *fields_.find("traddr"));
  }

  void read_names() {
    auto const nqn = fields_.nqn("subsystem-nqn");
    if (nqn == base::well_known_discovery_nqn && event_.kind == EventKind::discovered)
      fields_.report(code::bad_nqn, "`subsystem-nqn` is the well-known discovery NQN",
                     *fields_.find("subsystem-nqn"));
    if (is_about_a_subsystem(event_.kind, nqn.has_value())) {
      event_.subject = base::Subject::io_subsystem;
      event_.subsystem_nqn = nqn.value_or("");
      if (has_kind_)
        fields_.require("subsystem-nqn");
    } else if (nqn) {
      fields_.report(code::unknown_key,
                     fmt::format("`subsystem-nqn` has no place in a `{}` event, which is about a "
                                 "discovery controller",
                                 base::to_string(event_.kind)),
                     *fields_.find("subsystem-nqn"));
    }
    event_.discovery_nqn = fields_.nqn("discovery-nqn").value_or("");
    if (event_.discovery_nqn.empty() && has_discovery_controller(event_))
      event_.discovery_nqn = base::well_known_discovery_nqn;
    event_.host_nqn = fields_.nqn("host-nqn").value_or("");
    event_.hostid = fields_.text("hostid").value_or("");
    if (auto const portid = fields_.number("portid", 0, 65535))
      event_.portid = static_cast<std::uint16_t>(*portid);
    event_.secure_channel = fields_.word("secure-channel", words_of(base::all_secure_channels),
                                         base::parse_secure_channel);
    event_.sources = fields_.texts("source");
    if (!event_.sources.empty() && !may_have_source(event_.kind))
      fields_.report(code::unknown_key,
                     fmt::format("`source` has no place in a `{}` event: entries and referrals "
                                 "have one",
                                 base::to_string(event_.kind)),
                     *fields_.find("source"));
    event_.device = fields_.text("device").value_or("");
    event_.target = fields_.text("target").value_or("");
  }

  void read_udev() {
    const yaml::Node* const udev = fields_.find("udev");
    if (!udev)
      return;
    if (!udev->is_map())
      fields_.report(code::wrong_type, "`udev` takes a map of properties", *udev);
    for (const yaml::Entry& entry : udev->entries) {
      if (entry.value.is_scalar())
        event_.udev.emplace(entry.key.text, entry.value.text);
      else
        fields_.report(code::wrong_type, fmt::format("`{}` takes one value", entry.key.text),
                       entry.value);
    }
  }

  diag::Sink& sink_;
  MapFields fields_;
  bool has_kind_ = false; // without one nobody can say which names it needs
  Event event_;
};

} // namespace

std::vector<Properties> parse_property_records(std::string_view text) {
  std::vector<Properties> records;
  bool in_record = false;
  while (!text.empty()) {
    auto const end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    auto const property = property_in(line);
    if (property && !in_record)
      records.emplace_back();
    if (property)
      records.back().insert_or_assign(std::string(property->first), std::string(property->second));
    // `udevadm info` has lines of other kinds among the properties (`P: `, `N: `).
    bool const other_kind = line.size() > 2 && line[1] == ':' && line[2] == ' ';
    in_record = property || (in_record && other_kind);
  }
  return records;
}

std::optional<EventFile> parse_event(const yaml::Document& document, const yaml::Node& node,
                                     diag::Sink& sink) {
  return EventReader(document, node, sink).read();
}

std::optional<EventFile> parse_event_file(const diag::SourcePtr& source, diag::Sink& sink) {
  std::vector<Properties> const records = parse_property_records(source->text);
  if (!records.empty())
    return file_of(records);
  auto const document = yaml::parse_yaml(source, sink);
  if (!document)
    return std::nullopt;
  if (document->root.is_absent()) {
    sink.add(code::missing_key, "the file holds no event", document->span(document->root));
    return std::nullopt;
  }
  auto file = parse_event(*document, document->root, sink);
  return sink.has_errors() ? std::nullopt : std::move(file);
}

} // namespace nvmf::event
