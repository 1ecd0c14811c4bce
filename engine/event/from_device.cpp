#include "event/from_device.hpp"

#include "base/controller_type.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "event/controller_address.hpp"
#include "event/sysfs_device.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

// The attributes in sysfs of a device that could raise discovery events.
struct Device {
  std::string transport;
  base::ControllerType type = base::ControllerType::unknown;
  std::string nqn;
  std::string host_nqn;
  std::string hostid;
  std::string address;
  std::string keep_alive; // seconds; not there before 5.8
  std::string owner;      // by the registry; empty: it has none

  bool is_discovery() const { return base::is_discovery_controller(type, nqn); }
};

std::optional<Device> read_device(const base::FileSystem& files, const std::string& name) {
  auto const transport = device_attribute(files, name, "transport");
  if (!transport)
    return std::nullopt;
  auto const text = [&](const char* attribute) {
    return device_attribute(files, name, attribute).value_or("");
  };
  return Device{.transport = *transport,
                .type = base::parse_controller_type(text("cntrltype")),
                .nqn = text("subsysnqn"),
                .host_nqn = text("hostnqn"),
                .hostid = text("hostid"),
                .address = text("address"),
                .keep_alive = text("kato"),
                .owner = registry_owner(files, name)};
}

void take_identity(Event& event, const Device& device) {
  if (!base::nqn_problem(device.nqn))
    event.discovery_nqn = device.nqn;
  if (!base::nqn_problem(device.host_nqn))
    event.host_nqn = device.host_nqn;
  if (base::is_option_text(device.hostid))
    event.hostid = device.hostid;
}

// Who means it to be there, and whether it is meant to stay.
void take_keeping(Event& event, const Device& device) {
  event.owner = device.owner;
  if (!device.keep_alive.empty())
    event.persistent = device.keep_alive != "0";
}

bool agrees(const Event& event, const Device& device) {
  base::Transport const transport = event.endpoint.transport;
  return device.transport == base::to_string(transport) &&
         event.endpoint.same_as(parse_controller_address(transport, device.address).endpoint);
}

} // namespace

Reading checked_with_sysfs(Reading reading, const base::FileSystem& files) {
  auto* const event = std::get_if<Event>(&reading);
  if (!event || event->device.empty())
    return reading;
  auto const device = read_device(files, event->device);
  if (!device || !agrees(*event, *device)) {
    event->device.clear();
    return reading;
  }
  if (!device->is_discovery()) {
    if (event->kind == base::EventKind::discovery_reconnected)
      return MustNotTrigger{fmt::format("{} is not a discovery controller", event->device)};
    event->device.clear();
    return reading;
  }
  take_identity(*event, *device);
  take_keeping(*event, *device);
  return reading;
}

base::Result<Reading> from_device(const std::string& device, const base::FileSystem& files) {
  if (!is_device_name(device))
    return base::failure(fmt::format("`{}` is not an NVMe controller, wants a name like `nvme0`",
                                     base::escaped(device)),
                         EINVAL);
  auto const found = read_device(files, device);
  if (!found)
    return base::errno_failure(fmt::format("{}/{}", nvme_class_directory, device), ENOENT);
  auto const transport = base::parse_transport(found->transport);
  if (!transport)
    return MustNotTrigger{
        fmt::format("transport `{}` is not a fabric", base::escaped(found->transport))};
  if (!found->is_discovery())
    return MustNotTrigger{fmt::format("{} is not a discovery controller", device)};
  auto const address = parse_controller_address(*transport, found->address);
  if (!address.endpoint.traddr && *transport != base::Transport::loop)
    return Malformed{"address", fmt::format("`{}` names no {} address",
                                            base::escaped(found->address), found->transport)};
  Event event{.kind = base::EventKind::discovery_log_changed,
              .subject = base::Subject::discovery_controller,
              .endpoint = address.endpoint,
              .discovery_nqn = std::string(base::well_known_discovery_nqn),
              .device = device};
  take_identity(event, *found);
  take_keeping(event, *found);
  return event;
}

} // namespace nvmf::event
