#include "execute/live_controllers.hpp"

#include "event/sysfs_device.hpp"
#include "host/controllers.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace nvmf::execute {

namespace {

using All = std::vector<decide::Controller>;

// Whether it could be what is wanted, going by what a controller keeps for as long as it is there:
// its address and its subsystem. A discovery controller goes by several names.
bool may_be(const plan::Tid& wanted, const decide::Controller& controller) {
  const auto& address = wanted.endpoint->traddr;
  const auto& shown = controller.endpoint.traddr;
  bool const may_be_its_address = !address || !shown || address->same_as(*shown);
  return may_be_its_address && (controller.type != decide::ControllerType::io ||
                                controller.subsystem_nqn == wanted.subsystem_nqn);
}

} // namespace

base::Result<decide::Facts*> LiveControllers::look(const plan::Tid& wanted) {
  return look([&wanted](const decide::Controller& each) { return may_be(wanted, each); });
}

base::Result<decide::Facts*> LiveControllers::look(const Again& again) {
  auto const devices = files_->entries(std::string(event::nvme_class_directory));
  if (!devices && devices.error().code != ENOENT)
    return tl::unexpected(devices.error());
  ++looks_;
  facts_.interfaces.reset();
  std::size_t seen_in_this_look = 0;
  for (const auto& [device, link] : devices.value_or(std::vector<base::DirectoryEntry>())) {
    auto const known = seen_.find(device);
    bool const is_as_it_was = known != seen_.end() && known->second.link == link &&
                              !again(facts_.controllers->all()[known->second.index]);
    if (is_as_it_was) {
      known->second.look = looks_;
      ++seen_in_this_look;
      continue;
    }
    auto controller = host::look_at_controller(*files_, device);
    if (!controller)
      return tl::unexpected(controller.error());
    if (*controller) {
      put(std::move(**controller), link);
      ++seen_in_this_look;
    }
  }
  if (seen_in_this_look < seen_.size())
    take_out_unseen();
  return &facts_;
}

// The last one takes the place of one that is gone.
void LiveControllers::take_out_unseen() {
  All& all = facts_.controllers->edit();
  for (std::size_t index = 0; index < all.size();) {
    auto const known = seen_.find(all[index].device);
    if (known->second.look == looks_) {
      ++index;
      continue;
    }
    seen_.erase(known);
    if (index + 1 < all.size()) {
      all[index] = std::move(all.back());
      seen_[all[index].device].index = index;
    }
    all.pop_back();
  }
}

std::uint64_t LiveControllers::newest_incarnation() const {
  std::uint64_t newest = 0;
  for (const decide::Controller& controller : *facts_.controllers)
    newest = std::max(newest, controller.incarnation);
  return newest;
}

void LiveControllers::put(decide::Controller controller, std::uint64_t link) {
  decide::Controllers& all = *facts_.controllers;
  auto const [known, is_new] = seen_.try_emplace(controller.device);
  Seen& seen = known->second;
  if (is_new) {
    seen.index = all.size();
    all.push_back(std::move(controller));
  } else {
    all.replace(seen.index, std::move(controller));
  }
  seen.link = link;
  seen.look = looks_;
}

void LiveControllers::made(const plan::Tid& tid, const std::string& device,
                           std::uint64_t incarnation) {
  auto const link =
      files_->status_of_link(fmt::format("{}/{}", event::nvme_class_directory, device));
  // Without these it could not be compared with what another write wants.
  if (!link || !tid.endpoint || !tid.endpoint->traddr || tid.host_nqn.empty() ||
      tid.hostid.empty() || incarnation == 0)
    return;
  // The kernel's choice of the host side is not looked up: unset and not shown agrees.
  base::Endpoint endpoint = *tid.endpoint;
  endpoint.host_traddr.reset();
  endpoint.host_iface.clear();
  put({.device = device,
       .state = "live",
       .type = decide::ControllerType::io,
       .endpoint = std::move(endpoint),
       .subsystem_nqn = tid.subsystem_nqn,
       .host_nqn = tid.host_nqn,
       .hostid = tid.hostid,
       .incarnation = incarnation},
      link->inode);
}

} // namespace nvmf::execute
