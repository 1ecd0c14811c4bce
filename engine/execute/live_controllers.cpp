#include "execute/live_controllers.hpp"

#include "event/sysfs_device.hpp"
#include "host/controllers.hpp"

#include <cerrno>

namespace nvmf::execute {

namespace {

// Whether it could be what is wanted, going by what a controller keeps for as long as it is there:
// its address and its subsystem. A discovery controller goes by several names.
bool may_be(const plan::Tid& wanted, const decide::Controller& controller) {
  bool const same_address =
      !wanted.traddr || !controller.traddr || wanted.traddr->same_as(*controller.traddr);
  return same_address && (controller.type != decide::ControllerType::io ||
                          controller.subsystem_nqn == wanted.subsystem_nqn);
}

} // namespace

base::Result<std::vector<decide::Controller>> LiveControllers::look(const plan::Tid& wanted) {
  std::vector<decide::Controller> found;
  std::map<std::string, decide::Controller> now;
  auto const devices = files_->list(std::string(event::nvme_class_directory));
  if (!devices && devices.error().code != ENOENT)
    return tl::unexpected(devices.error());
  for (const std::string& device : devices.value_or(std::vector<std::string>())) {
    auto const before = seen_.find(device);
    bool const known = before != seen_.end() && !may_be(wanted, before->second) &&
                       before->second.incarnation == host::incarnation_of(*files_, device);
    auto controller =
        known ? std::optional(before->second) : host::read_controller(*files_, device);
    if (!controller)
      continue;
    found.push_back(*controller);
    now.emplace(device, std::move(*controller));
  }
  seen_ = std::move(now);
  return found;
}

void LiveControllers::made(const plan::Tid& tid, const std::string& device,
                           std::uint64_t incarnation) {
  // Without these it could not be compared with what another write wants.
  if (!tid.transport || !tid.traddr || tid.host_nqn.empty() || tid.hostid.empty() ||
      incarnation == 0)
    return;
  seen_.insert_or_assign(device, decide::Controller{.device = device,
                                                    .state = "live",
                                                    .type = decide::ControllerType::io,
                                                    .transport = *tid.transport,
                                                    .traddr = tid.traddr,
                                                    .trsvcid = tid.trsvcid,
                                                    .subsystem_nqn = tid.subsystem_nqn,
                                                    .host_nqn = tid.host_nqn,
                                                    .hostid = tid.hostid,
                                                    .incarnation = incarnation});
}

} // namespace nvmf::execute
