#include "execute/live_controllers.hpp"

#include "event/sysfs_device.hpp"
#include "host/controllers.hpp"

#include <cerrno>

namespace nvmf::execute {

namespace {

bool same_address(const plan::Tid& wanted, const decide::Controller& controller) {
  if (!wanted.traddr || !controller.traddr)
    return true;
  return wanted.traddr->same_as(*controller.traddr);
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
    bool const known = before != seen_.end() && !same_address(wanted, before->second) &&
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

} // namespace nvmf::execute
