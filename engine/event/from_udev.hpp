// Events as udev and the kernel report them: a map of properties.
//
// The kernel's side: drivers/nvme/host/core.c (nvme_class_uevent, nvme_aen_uevent,
// nvme_change_uevent), drivers/nvme/host/fc.c (nvme_fc_signal_discovery_scan).
#pragma once

#include "base/file_system.hpp"
#include "event/event.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace nvmf::event {

using Properties = std::map<std::string, std::string>;

// An event that nothing follows from, and why: "a PCIe controller", "not a discovery log change".
struct MustNotTrigger {
  std::string why;
  bool operator==(const MustNotTrigger&) const = default;
};

// ACTION=remove: a controller is gone. Whether the kernel gave it up or an administrator
// disconnected it is decided from the registry and the state (host/registry.hpp).
struct ControllerGone {
  std::string device; // nvme3
  base::Endpoint endpoint;
  std::uint64_t seqnum = 0; // SEQNUM of the event; 0: unknown
  bool operator==(const ControllerGone&) const = default;
};

// An event that should trigger but cannot be read: `NVME_TRADDR`, "is missing".
struct Malformed {
  std::string field;
  std::string problem;
  bool operator==(const Malformed&) const = default;
};

using Reading = std::variant<Event, MustNotTrigger, ControllerGone, Malformed>;

// Reads a property as every reader of events must: absent, empty and `none` are "not set" (empty).
std::string_view value_or_unset(const Properties& properties, const std::string& name);

// Reads one udev event; its properties end in Event::udev. `NVME_EVENT=rediscover` does not say
// what kind of controller it is about: for a live event, `checked_with_sysfs` comes afterwards.
// Properties without an ACTION (`udevadm info`) mean what the device would raise.
Reading from_udev(const Properties& properties);

// The environment of a udev RUN program, that is ::environ, as properties.
Properties properties_of_environment(const char* const* environment);

// The device in sysfs, where there is one: a rediscover of a controller whose `cntrltype` is not
// `discovery` must not trigger; a device that is gone or whose transport and address no longer
// agree with the event is taken out of it (`nvmeN` is recycled); else the event gets the device's
// NQN, host NQN and host id, its owner, and whether it is persistent.
Reading checked_with_sysfs(Reading reading, const base::FileSystem& files);

} // namespace nvmf::event
