#include "event/from_udev.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "event/sysfs_device.hpp"
#include "event/usual_service.hpp"

#include <charconv>
#include <fmt/format.h>
#include <net/if.h>

namespace nvmf::event {

namespace {

using base::Transport;

// What a field holds: a value, nothing, or something that is none.
template <class T>
using Field = tl::expected<std::optional<T>, Malformed>;

tl::unexpected<Malformed> malformed(std::string field, std::string problem) {
  return tl::unexpected(Malformed{std::move(field), std::move(problem)});
}

// The value, if it may ever reach an option string. FC names may have a comma between them.
Field<std::string> text_field(const Properties& properties, const std::string& name) {
  std::string_view const value = value_or_unset(properties, name);
  if (value.empty())
    return std::nullopt;
  if (!base::is_option_text(value) && !base::FcAddress::parse(value))
    return malformed(name, fmt::format("`{}` contains a comma, blank, control or non-ASCII "
                                       "character",
                                       base::escaped(value)));
  return std::string(value);
}

Field<base::Traddr> address_field(const Properties& properties, const std::string& name,
                                  Transport transport) {
  auto const text = text_field(properties, name);
  if (!text)
    return tl::unexpected(text.error());
  if (!*text)
    return std::nullopt;
  auto address = base::Traddr::parse(transport, **text);
  if (!address)
    return malformed(name,
                     fmt::format("`{}` is no {} address", **text, base::to_string(transport)));
  return address;
}

Field<std::uint16_t> service_field(const Properties& properties, Transport transport) {
  const std::string name = "NVME_TRSVCID";
  auto const text = text_field(properties, name);
  if (!text)
    return tl::unexpected(text.error());
  if (transport == Transport::fc || transport == Transport::loop)
    return std::nullopt;
  if (!*text)
    return usual_service(transport, base::Subject::discovery_controller);
  auto const number = parse_service(**text);
  if (!number)
    return malformed(name, fmt::format("`{}` is no port number", **text));
  return number;
}

Field<std::string> interface_field(const Properties& properties) {
  const std::string name = "NVME_HOST_IFACE";
  auto text = text_field(properties, name);
  if (text && *text && ((*text)->size() >= IF_NAMESIZE || (*text)->find('/') != std::string::npos))
    return malformed(name, fmt::format("`{}` is no interface name", **text));
  return text;
}

// `DEVNAME=/dev/nvme0` (udev), `DEVNAME=nvme0` (kernel).
Field<std::string> device_field(const Properties& properties) {
  std::string_view name = value_or_unset(properties, "DEVNAME");
  if (name.starts_with("/dev/"))
    name.remove_prefix(5);
  if (name.empty())
    return std::nullopt;
  if (!is_device_name(name))
    return malformed("DEVNAME", fmt::format("`{}` is no NVMe controller", base::escaped(name)));
  return std::string(name);
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint32_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

// NVMe base specification, "Asynchronous Event Request": type, information and log page.
bool is_discovery_log_change(std::uint32_t aen) {
  constexpr std::uint32_t notice = 2;
  constexpr std::uint32_t discovery_log_changed = 0xf0;
  constexpr std::uint32_t discovery_log_page = 0x70;
  return (aen & 7U) == notice && ((aen >> 8) & 0xffU) == discovery_log_changed &&
         ((aen >> 16) & 0xffU) == discovery_log_page;
}

// The five NVME_* keys and the device, as both kinds of events have them.
struct ConnectedAs {
  Transport transport = Transport::tcp;
  std::optional<base::Traddr> traddr;
  std::optional<std::uint16_t> trsvcid;
  std::optional<base::Traddr> host_traddr;
  std::string host_iface;
  std::string device;
};

tl::expected<ConnectedAs, Malformed> read_connected_as(const Properties& properties) {
  auto const word = value_or_unset(properties, "NVME_TRTYPE");
  if (word.empty())
    return malformed("NVME_TRTYPE", "is missing");
  auto const transport = base::parse_transport(word);
  if (!transport)
    return malformed("NVME_TRTYPE", fmt::format("`{}` is no transport", base::escaped(word)));
  auto const traddr = address_field(properties, "NVME_TRADDR", *transport);
  auto const trsvcid = service_field(properties, *transport);
  auto const host_traddr = address_field(properties, "NVME_HOST_TRADDR", *transport);
  auto const host_iface = interface_field(properties);
  auto const device = device_field(properties);
  if (!traddr)
    return tl::unexpected(traddr.error());
  if (!*traddr && *transport != Transport::loop)
    return malformed("NVME_TRADDR", "is missing");
  if (!trsvcid)
    return tl::unexpected(trsvcid.error());
  if (!host_traddr)
    return tl::unexpected(host_traddr.error());
  if (!host_iface)
    return tl::unexpected(host_iface.error());
  if (!device)
    return tl::unexpected(device.error());
  return ConnectedAs{.transport = *transport,
                     .traddr = *traddr,
                     .trsvcid = *trsvcid,
                     .host_traddr = *host_traddr,
                     .host_iface = host_iface->value_or(""),
                     .device = device->value_or("")};
}

Reading discovery_event(base::EventKind kind, const Properties& properties) {
  auto connected = read_connected_as(properties);
  if (!connected)
    return connected.error();
  return Event{.kind = kind,
               .subject = base::Subject::discovery_controller,
               .transport = connected->transport,
               .traddr = connected->traddr,
               .trsvcid = connected->trsvcid,
               .host_traddr = connected->host_traddr,
               .host_iface = connected->host_iface,
               .discovery_nqn = std::string(base::well_known_discovery_nqn),
               .udev = properties,
               .device = connected->device};
}

Reading removed_controller(const Properties& properties) {
  auto connected = read_connected_as(properties);
  if (!connected)
    return connected.error();
  if (connected->device.empty())
    return Malformed{"DEVNAME", "is missing"};
  std::uint64_t seqnum = 0;
  std::string_view const text = value_or_unset(properties, "SEQNUM");
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seqnum);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size()))
    return Malformed{"SEQNUM", fmt::format("`{}` is no number", base::escaped(text))};
  return ControllerGone{.device = connected->device,
                        .transport = connected->transport,
                        .traddr = connected->traddr,
                        .trsvcid = connected->trsvcid,
                        .host_traddr = connected->host_traddr,
                        .host_iface = connected->host_iface,
                        .seqnum = seqnum};
}

Reading changed_controller(const Properties& properties) {
  if (std::string_view const aen = value_or_unset(properties, "NVME_AEN"); !aen.empty()) {
    auto const number = parse_number(aen);
    if (!number)
      return Malformed{"NVME_AEN", fmt::format("`{}` is no number", base::escaped(aen))};
    if (!is_discovery_log_change(*number))
      return MustNotTrigger{"not a change of the discovery log"};
    return discovery_event(base::EventKind::discovery_log_changed, properties);
  }
  std::string_view const what = value_or_unset(properties, "NVME_EVENT");
  if (what == "rediscover")
    return discovery_event(base::EventKind::discovery_reconnected, properties);
  if (what == "connected")
    return MustNotTrigger{"a controller was started"};
  if (!what.empty())
    return MustNotTrigger{fmt::format("NVME_EVENT `{}`", base::escaped(what))};
  // `udevadm info` prints a device without an action: what this device would raise is meant.
  if (value_or_unset(properties, "ACTION").empty())
    return discovery_event(base::EventKind::discovery_log_changed, properties);
  return MustNotTrigger{"says nothing of a discovery log"};
}

Reading from_nvme(const Properties& properties) {
  std::string_view const transport = value_or_unset(properties, "NVME_TRTYPE");
  // Names of the kernel's two drivers that are no fabrics (pci.c, apple.c).
  if (transport == "pcie" || transport == "apple-nvme")
    return MustNotTrigger{fmt::format("transport `{}` is no fabric", transport)};
  std::string_view const action = value_or_unset(properties, "ACTION");
  if (action == "remove")
    return removed_controller(properties);
  if (action == "change" || action.empty())
    return changed_controller(properties);
  return MustNotTrigger{fmt::format("ACTION `{}`", base::escaped(action))};
}

Reading from_fc(const Properties& properties) {
  std::string_view const action = value_or_unset(properties, "ACTION");
  if (!action.empty() && action != "change")
    return MustNotTrigger{fmt::format("ACTION `{}`", base::escaped(action))};
  if (value_or_unset(properties, "FC_EVENT") != "nvmediscovery")
    return MustNotTrigger{"not an FC event of NVMe discovery"};
  auto const traddr = address_field(properties, "NVMEFC_TRADDR", Transport::fc);
  if (!traddr)
    return traddr.error();
  if (!*traddr)
    return Malformed{"NVMEFC_TRADDR", "is missing"};
  auto const host_traddr = address_field(properties, "NVMEFC_HOST_TRADDR", Transport::fc);
  if (!host_traddr)
    return host_traddr.error();
  if (!*host_traddr)
    return Malformed{"NVMEFC_HOST_TRADDR", "is missing"};
  return Event{.kind = base::EventKind::fc_discovery,
               .subject = base::Subject::discovery_controller,
               .transport = Transport::fc,
               .traddr = *traddr,
               .host_traddr = *host_traddr,
               .discovery_nqn = std::string(base::well_known_discovery_nqn),
               .udev = properties};
}

} // namespace

std::string_view value_or_unset(const Properties& properties, const std::string& name) {
  auto const found = properties.find(name);
  if (found == properties.end() || found->second == "none")
    return {};
  return found->second;
}

Reading from_udev(const Properties& properties) {
  std::string_view const subsystem = value_or_unset(properties, "SUBSYSTEM");
  if (subsystem == "nvme")
    return from_nvme(properties);
  if (subsystem == "fc")
    return from_fc(properties);
  if (subsystem.empty())
    return Malformed{"SUBSYSTEM", "is missing"};
  return MustNotTrigger{fmt::format("subsystem `{}`", base::escaped(subsystem))};
}

Properties properties_of_environment(const char* const* environment) {
  Properties properties;
  for (; environment && *environment; ++environment) {
    std::string_view const line = *environment;
    if (auto const equals = line.find('='); equals != std::string_view::npos)
      properties.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return properties;
}

} // namespace nvmf::event
