#include "event/udev_fields.hpp"

#include "base/interface_name.hpp"
#include "base/wire_text.hpp"
#include "event/sysfs_device.hpp"
#include "event/usual_service.hpp"

#include <fmt/format.h>

namespace nvmf::event {

namespace {

using base::Transport;

tl::unexpected<Malformed> malformed(std::string field, std::string problem) {
  return tl::unexpected(Malformed{std::move(field), std::move(problem)});
}

// The value, if it may ever reach an option string. FC names may have a comma between them.
UdevField<std::string> text_field(const Properties& properties, const std::string& name) {
  std::string_view const value = value_or_unset(properties, name);
  if (value.empty())
    return std::nullopt;
  if (!base::is_option_text(value) && !base::FcAddress::parse(value))
    return malformed(name, fmt::format("`{}` contains a comma, blank, control or non-ASCII "
                                       "character",
                                       base::escaped(value)));
  return std::string(value);
}

UdevField<std::uint16_t> service_field(const Properties& properties, Transport transport) {
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
    return malformed(name, fmt::format("`{}` is not a valid port number", **text));
  return number;
}

UdevField<std::string> interface_field(const Properties& properties) {
  const std::string name = "NVME_HOST_IFACE";
  auto text = text_field(properties, name);
  if (text && *text && !base::is_interface_name(**text))
    return malformed(name, fmt::format("`{}` is not a valid interface name", **text));
  return text;
}

// `DEVNAME=/dev/nvme0` (udev), `DEVNAME=nvme0` (kernel).
UdevField<std::string> device_field(const Properties& properties) {
  std::string_view name = value_or_unset(properties, "DEVNAME");
  if (name.starts_with("/dev/"))
    name.remove_prefix(5);
  if (name.empty())
    return std::nullopt;
  if (!is_device_name(name))
    return malformed("DEVNAME", fmt::format("`{}` is not an NVMe controller", base::escaped(name)));
  return std::string(name);
}

} // namespace

std::string_view value_or_unset(const Properties& properties, const std::string& name) {
  auto const found = properties.find(name);
  if (found == properties.end() || found->second == "none")
    return {};
  return found->second;
}

UdevField<base::Traddr> address_field(const Properties& properties, const std::string& name,
                                      Transport transport) {
  auto const text = text_field(properties, name);
  if (!text)
    return tl::unexpected(text.error());
  if (!*text)
    return std::nullopt;
  auto address = base::Traddr::parse(transport, **text);
  if (!address)
    return malformed(
        name, fmt::format("`{}` is not a valid {} address", **text, base::to_string(transport)));
  return address;
}

tl::expected<ConnectedAs, Malformed> read_connected_as(const Properties& properties) {
  auto const word = value_or_unset(properties, "NVME_TRTYPE");
  if (word.empty())
    return malformed("NVME_TRTYPE", "is missing");
  auto const transport = base::parse_transport(word);
  if (!transport)
    return malformed("NVME_TRTYPE",
                     fmt::format("`{}` is not a known transport", base::escaped(word)));
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
  return ConnectedAs{.endpoint = {.transport = *transport,
                                  .traddr = *traddr,
                                  .trsvcid = *trsvcid,
                                  .host_traddr = *host_traddr,
                                  .host_iface = host_iface->value_or("")},
                     .device = device->value_or("")};
}

} // namespace nvmf::event
