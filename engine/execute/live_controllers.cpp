#include "execute/live_controllers.hpp"

#include "host/controllers.hpp"

#include <fmt/format.h>

namespace nvmf::execute {

namespace {

constexpr std::string_view class_directory = "/sys/class/nvme";
constexpr std::size_t attribute_limit = 4096;

bool same_address(const plan::Tid& wanted, const decide::Controller& controller) {
  if (!wanted.traddr || !controller.traddr)
    return true;
  return wanted.traddr->same_as(*controller.traddr);
}

} // namespace

std::vector<decide::Controller> LiveControllers::look(const plan::Tid& wanted) {
  std::vector<decide::Controller> found;
  std::map<std::string, Seen> now;
  auto const devices = files_->list(std::string(class_directory));
  if (!devices)
    return found;
  for (const std::string& device : *devices) {
    auto const address =
        files_->read(fmt::format("{}/{}/address", class_directory, device), attribute_limit);
    if (!address)
      continue;
    auto const before = seen_.find(device);
    bool const known = before != seen_.end() && before->second.address == *address &&
                       !same_address(wanted, before->second.controller);
    auto controller =
        known ? std::optional(before->second.controller) : host::read_controller(*files_, device);
    if (!controller)
      continue;
    found.push_back(*controller);
    now.emplace(device, Seen{*address, std::move(*controller)});
  }
  seen_ = std::move(now);
  return found;
}

} // namespace nvmf::execute
