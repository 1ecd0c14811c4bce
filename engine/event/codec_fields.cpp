// The table of an event's fields.
#include "base/interface_name.hpp"
#include "event/codec.hpp"
#include "event/map_fields.hpp"
#include "policy/policy.hpp"

#include <array>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

using base::Transport;

template <class Words>
std::vector<std::string> words_of(const Words& all) {
  std::vector<std::string> words;
  for (auto const one : all)
    words.emplace_back(base::to_string(one));
  return words;
}
std::vector<std::string> kind_words() { return words_of(base::all_event_kinds); }
std::vector<std::string> transport_words() { return words_of(base::all_transports); }
std::vector<std::string> secure_channel_words() { return words_of(base::all_secure_channels); }

FieldValue get_kind(const DescribedEvent& from) {
  return std::string(base::to_string(from.event.kind));
}
bool read_kind(MapFields& map, const std::string& name, DescribedEvent& into) {
  auto const kind = map.word(name, kind_words(), base::parse_event_kind);
  into.event.kind = kind.value_or(into.event.kind);
  return kind.has_value();
}

FieldValue get_transport(const DescribedEvent& from) {
  return std::string(base::to_string(from.event.endpoint.transport));
}
bool read_transport(MapFields& map, const std::string& name, DescribedEvent& into) {
  auto const transport = map.word(name, transport_words(), base::parse_transport);
  into.event.endpoint.transport = transport.value_or(into.event.endpoint.transport);
  return transport.has_value();
}

FieldValue get_secure_channel(const DescribedEvent& from) {
  auto const& treq = from.event.secure_channel;
  return treq ? std::string(base::to_string(*treq)) : std::string();
}
bool read_secure_channel(MapFields& map, const std::string& name, DescribedEvent& into) {
  into.event.secure_channel = map.word(name, secure_channel_words(), base::parse_secure_channel);
  return into.event.secure_channel.has_value();
}

template <std::optional<base::Traddr> base::Endpoint::*Member>
FieldValue get_address(const DescribedEvent& from) {
  return to_text(from.event.endpoint.*Member);
}
template <std::optional<base::Traddr> base::Endpoint::*Member>
bool read_address(MapFields& map, const std::string& name, DescribedEvent& into) {
  base::Endpoint& endpoint = into.event.endpoint;
  endpoint.*Member = map.address(name, endpoint.transport);
  return (endpoint.*Member).has_value();
}

FieldValue text_of(const std::optional<std::uint16_t>& number) {
  return number ? std::to_string(*number) : std::string();
}
FieldValue get_service(const DescribedEvent& from) { return text_of(from.event.endpoint.trsvcid); }
bool read_service(MapFields& map, const std::string& name, DescribedEvent& into) {
  auto const service = map.service(name);
  base::Endpoint& endpoint = into.event.endpoint;
  if (endpoint.transport != Transport::fc && endpoint.transport != Transport::loop)
    endpoint.trsvcid = service;
  return service.has_value();
}
FieldValue get_portid(const DescribedEvent& from) { return text_of(from.event.portid); }
bool read_portid(MapFields& map, const std::string& name, DescribedEvent& into) {
  constexpr std::uint32_t largest = 65535;
  if (auto const portid = map.number(name, 0, largest))
    into.event.portid = static_cast<std::uint16_t>(*portid);
  return into.event.portid.has_value();
}

template <std::string Event::*Member>
FieldValue get_text(const DescribedEvent& from) {
  return from.event.*Member;
}
template <std::string Event::*Member>
bool read_text(MapFields& map, const std::string& name, DescribedEvent& into) {
  into.event.*Member = map.text(name).value_or("");
  return !(into.event.*Member).empty();
}
template <std::string Event::*Member>
bool read_nqn(MapFields& map, const std::string& name, DescribedEvent& into) {
  into.event.*Member = map.nqn(name).value_or("");
  return !(into.event.*Member).empty();
}
// A name may be `none`; quoted it is one.
bool read_target(MapFields& map, const std::string& name, DescribedEvent& into) {
  const yaml::Node* const value = map.find(name);
  bool const is_called_none = value && value->quoted && value->text == "none";
  into.event.target = is_called_none ? value->text : map.text(name).value_or("");
  return !into.event.target.empty();
}
FieldValue get_interface(const DescribedEvent& from) { return from.event.endpoint.host_iface; }
bool read_interface(MapFields& map, const std::string& name, DescribedEvent& into) {
  std::string& interface = into.event.endpoint.host_iface;
  interface = map.text(name).value_or("");
  if (interface.empty() || base::is_interface_name(interface))
    return !interface.empty();
  map.report(code::out_of_range,
             fmt::format("`{}`: `{}` is not a valid interface name", name, interface),
             *map.find(name));
  return false;
}

FieldValue get_hostname(const DescribedEvent& from) { return from.hostname.value_or(""); }
bool read_hostname(MapFields& map, const std::string& name, DescribedEvent& into) {
  into.hostname = map.text(name);
  return into.hostname.has_value();
}

FieldValue get_sources(const DescribedEvent& from) { return from.event.sources; }
bool read_sources(MapFields& map, const std::string& name, DescribedEvent& into) {
  into.event.sources = map.texts(name);
  return !into.event.sources.empty();
}

FieldValue get_properties(const DescribedEvent& from) { return from.event.udev; }
bool read_properties(MapFields& map, const std::string& name, DescribedEvent& into) {
  const yaml::Node* const properties = map.find(name);
  if (!properties)
    return false;
  if (!properties->is_map())
    map.report(code::wrong_type, fmt::format("`{}` takes a map of properties", name), *properties);
  for (const yaml::Entry& entry : properties->entries) {
    if (entry.value.is_scalar())
      into.event.udev.emplace(entry.key.text, entry.value.text);
    else
      map.report(code::wrong_type, fmt::format("`{}` takes one value", entry.key.text),
                 entry.value);
  }
  return !into.event.udev.empty();
}

// `none` is an owner here, not an unset one: the controller has none.
FieldValue get_owner(const DescribedEvent& from) {
  auto const& owner = from.event.owner;
  return owner && owner->empty() ? std::string(policy::no_owner) : owner.value_or("");
}
bool read_owner(MapFields& map, const std::string& name, DescribedEvent& into) {
  const yaml::Node* const value = map.find(name);
  bool const has_none = value && value->is_scalar() && value->text == policy::no_owner;
  into.event.owner = has_none ? std::optional(std::string()) : map.text(name);
  return into.event.owner.has_value();
}

FieldValue get_persistent(const DescribedEvent& from) {
  auto const& persistent = from.event.persistent;
  return persistent ? std::string(*persistent ? "true" : "false") : std::string();
}
bool read_persistent(MapFields& map, const std::string& name, DescribedEvent& into) {
  into.event.persistent = map.boolean(name);
  return into.event.persistent.has_value();
}

using Form = FieldForm;
constexpr std::array table{
    Field{"event", Form::word, "the kind of event", kind_words, get_kind, read_kind},
    Field{"transport", Form::word, "of the thing decided", transport_words, get_transport,
          read_transport},
    Field{"traddr", Form::address, "its address", nullptr, get_address<&base::Endpoint::traddr>,
          read_address<&base::Endpoint::traddr>},
    Field{"trsvcid", Form::service, "transport service id: the port", nullptr, get_service,
          read_service},
    Field{"host-traddr", Form::address, "the host side's address", nullptr,
          get_address<&base::Endpoint::host_traddr>, read_address<&base::Endpoint::host_traddr>},
    Field{"host-iface", Form::text, "the host side's interface", nullptr, get_interface,
          read_interface},
    Field{"subsystem-nqn", Form::text, "an I/O subsystem; absent: a discovery controller", nullptr,
          get_text<&Event::subsystem_nqn>, read_nqn<&Event::subsystem_nqn>},
    Field{"discovery-nqn", Form::text, "the discovery controller's NQN", nullptr,
          get_text<&Event::discovery_nqn>, read_nqn<&Event::discovery_nqn>},
    Field{"host-nqn", Form::text, "as which host it is connected", nullptr,
          get_text<&Event::host_nqn>, read_nqn<&Event::host_nqn>},
    Field{"hostid", Form::text, "the host ID of that host", nullptr, get_text<&Event::hostid>,
          read_text<&Event::hostid>},
    Field{"identity", Form::text, "name of the inherited identity", nullptr,
          get_text<&Event::identity>, read_text<&Event::identity>},
    Field{"owner", Form::text, "who connected the event's controller; `none`: it has no owner", nullptr,
          get_owner, read_owner},
    Field{"persistent", Form::flag, "that controller has a keep-alive timeout", nullptr,
          get_persistent, read_persistent},
    Field{"hostname", Form::text, "the host's name", nullptr, get_hostname, read_hostname},
    Field{"portid", Form::number, "the entry's port id", nullptr, get_portid, read_portid},
    Field{"secure-channel", Form::word, "the secure channel requirement of the entry",
          secure_channel_words, get_secure_channel, read_secure_channel},
    Field{"source", Form::texts, "names of the target or rules that led here", nullptr, get_sources,
          read_sources},
    Field{"device", Form::text, "the discovery controller's device, `nvme0`", nullptr,
          get_text<&Event::device>, read_text<&Event::device>},
    Field{"target", Form::text, "the target of a `boot` event", nullptr, get_text<&Event::target>,
          read_target},
    Field{"host-name", Form::text, "of a target whose address is not known", nullptr,
          get_text<&Event::host_name>, read_text<&Event::host_name>},
    Field{"udev", Form::properties, "properties of the udev event", nullptr, get_properties,
          read_properties},
};

} // namespace

std::span<const Field> fields() { return table; }

} // namespace nvmf::event
