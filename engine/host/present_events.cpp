#include "host/present_events.hpp"

#include "base/nqn.hpp"
#include "event/from_device.hpp"
#include "event/from_target.hpp"
#include "event/sysfs_device.hpp"
#include "host/fc_ports.hpp"

#include <algorithm>

namespace nvmf::host {

namespace {

// Host sides agree where both say something; a target that names none is any connection.
template <class T>
bool compatible(const T& target, const T& connected, const T& unset) {
  return target == unset || target == connected;
}

bool is_connected_as(const event::Event& target, const event::Event& connected) {
  if (target.subject != base::Subject::discovery_controller ||
      target.transport != connected.transport || target.trsvcid != connected.trsvcid)
    return false;
  if (!target.traddr || !connected.traddr || !target.traddr->same_as(*connected.traddr))
    return false;
  return compatible(target.host_traddr, connected.host_traddr, {}) &&
         compatible(target.host_iface, connected.host_iface, {});
}

} // namespace

std::vector<event::Event> connected_discovery_controllers(const base::FileSystem& files) {
  std::vector<event::Event> events;
  auto names = files.list(event::nvme_class_directory);
  if (!names)
    return events;
  std::stable_sort(names->begin(), names->end(),
                   [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  for (const std::string& name : *names)
    if (auto const reading = event::from_device(name, files))
      if (const auto* event = std::get_if<event::Event>(&*reading))
        events.push_back(*event);
  return events;
}

std::vector<event::Event> fc_discovery_events(const base::FileSystem& files) {
  std::vector<event::Event> events;
  for (const FcDiscoveryPort& port : read_fc_discovery_ports(files))
    events.push_back({.kind = base::EventKind::fc_discovery,
                      .subject = base::Subject::discovery_controller,
                      .transport = base::Transport::fc,
                      .traddr = port.remote,
                      .host_traddr = port.host,
                      .discovery_nqn = std::string(base::well_known_discovery_nqn)});
  return events;
}

std::vector<event::Event> present_events(const base::FileSystem& files,
                                         const policy::Policy& policy) {
  std::vector<event::Event> connected = connected_discovery_controllers(files);
  std::vector<event::Event> targets;
  for (const policy::Target& target : policy.targets) {
    event::Event event = event::from_target(target);
    auto const found =
        std::find_if(connected.begin(), connected.end(), [&](const event::Event& candidate) {
          return is_connected_as(event, candidate);
        });
    if (found != connected.end()) {
      event.device = found->device;
      event.discovery_nqn = found->discovery_nqn;
      connected.erase(found);
    }
    targets.push_back(std::move(event));
  }
  std::vector<event::Event> events = std::move(connected);
  for (event::Event& event : fc_discovery_events(files))
    events.push_back(std::move(event));
  for (event::Event& event : targets)
    events.push_back(std::move(event));
  return events;
}

} // namespace nvmf::host
