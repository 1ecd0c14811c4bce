#include "execute/live_controllers.hpp"

#include "base/nqn.hpp"
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
  bool const by_any_name =
      controller.type != decide::ControllerType::io &&
      (wanted.subsystem_nqn == base::well_known_discovery_nqn || controller.subsystem_nqn.empty());
  return may_be_its_address && (by_any_name || controller.subsystem_nqn == wanted.subsystem_nqn);
}

} // namespace

base::Result<decide::Facts*> LiveControllers::look(const plan::Tid& wanted) {
  auto const changed = news_ ? news_() : std::nullopt;
  if (!changed || !std::exchange(is_whole_, false)) {
    auto looked = look([&wanted](const decide::Controller& each) { return may_be(wanted, each); });
    is_whole_ = looked.has_value();
    return looked;
  }
  facts_.interfaces.reset();
  if (auto done = look_at_changed(*changed); !done)
    return tl::unexpected(done.error());
  if (auto done = look_at_candidates(wanted); !done)
    return tl::unexpected(done.error());
  is_whole_ = true;
  return &facts_;
}

// An event may be old news about a controller that is known: then the entry is the one that was
// seen.
base::Result<void> LiveControllers::look_at_changed(const std::vector<std::string>& devices) {
  for (const std::string& device : std::exchange(unread_, {}))
    if (auto done = look_at(device); !done)
      return done;
  for (const std::string& device : devices) {
    auto const known = seen_.find(device);
    auto const link =
        files_->status_of_link(fmt::format("{}/{}", event::nvme_class_directory, device));
    if (known != seen_.end() && link && known->second.link == link->inode)
      continue;
    if (auto done = look_at(device); !done)
      return done;
  }
  return {};
}

base::Result<void> LiveControllers::look_at_candidates(const plan::Tid& wanted) {
  std::vector<std::string> devices;
  auto const address = wanted.endpoint ? wanted.endpoint->traddr : std::nullopt;
  for (const decide::Controller* const each :
       facts_.controllers->candidates(address, wanted.subsystem_nqn))
    if (may_be(wanted, *each))
      devices.push_back(each->device);
  for (const std::string& device : devices)
    if (auto done = look_at(device); !done)
      return done;
  return {};
}

base::Result<void> LiveControllers::look_at(const std::string& device) {
  auto const link =
      files_->status_of_link(fmt::format("{}/{}", event::nvme_class_directory, device));
  if (!link && link.error().code != ENOENT)
    return tl::unexpected(link.error());
  auto controller = link ? host::look_at_controller(*files_, device)
                         : base::Result<std::optional<decide::Controller>>(std::nullopt);
  if (!controller)
    return tl::unexpected(controller.error());
  if (*controller)
    put(std::move(**controller), link->inode);
  else
    take_out(device);
  if (!*controller && link)
    unread_.insert(device);
  return {};
}

base::Result<decide::Facts*> LiveControllers::look(const Again& again) {
  auto const devices = files_->entries(std::string(event::nvme_class_directory));
  if (!devices && devices.error().code != ENOENT)
    return tl::unexpected(devices.error());
  ++looks_;
  unread_.clear();
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
    } else {
      unread_.insert(device);
    }
  }
  if (seen_in_this_look < seen_.size())
    take_out_unseen();
  return &facts_;
}

void LiveControllers::take_out_unseen() {
  std::vector<std::string> gone;
  for (auto const& [device, seen] : seen_)
    if (seen.look != looks_)
      gone.push_back(device);
  for (const std::string& device : gone)
    take_out(device);
}

// The last one takes its place.
void LiveControllers::take_out(const std::string& device) {
  auto const known = seen_.find(device);
  if (known == seen_.end())
    return;
  std::size_t const index = known->second.index;
  seen_.erase(known);
  All& all = facts_.controllers->edit();
  if (index + 1 < all.size()) {
    all[index] = std::move(all.back());
    seen_[all[index].device].index = index;
  }
  all.pop_back();
}

void LiveControllers::put(decide::Controller controller, std::uint64_t link) {
  newest_ = std::max(newest_, controller.incarnation);
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
