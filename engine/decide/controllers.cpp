#include "decide/controllers.hpp"

#include <algorithm>
#include <unordered_map>

namespace nvmf::decide {

namespace {

// Up to here a walk over all costs less than an index.
constexpr std::size_t few = 16;

// Addresses that may be the same agree in it: a scope is not always shown.
std::string key_of(const base::Traddr& address) {
  if (!address.ip())
    return address.to_string();
  base::IpAddress plain = *address.ip();
  plain.scope.clear();
  return plain.to_string();
}

} // namespace

struct Controllers::Shared {
  using Positions = std::vector<std::uint32_t>;
  std::vector<Controller> all;
  bool is_indexed = false;
  // Those of I/O subsystems whose NQN is shown; the rest goes by several names.
  std::unordered_map<std::string, Positions> by_subsystem;
  std::unordered_map<std::string, Positions> by_address;
  Positions without_address;
  std::unordered_map<std::string, std::uint32_t> by_device;
  std::unordered_map<std::string, std::uint32_t> identities; // in use

  void index() {
    if (std::exchange(is_indexed, true))
      return;
    for (std::uint32_t position = 0; position < all.size(); ++position)
      take_in(position);
  }
  void take_in(std::uint32_t position) {
    const Controller& controller = all[position];
    place_for(controller).push_back(position);
    by_device.try_emplace(controller.device, position);
    if (controller.counts_as_connected())
      identities.try_emplace(controller.host_nqn + '\n' + controller.hostid, position);
  }
  Positions& place_for(const Controller& controller) {
    if (controller.type == ControllerType::io && !controller.subsystem_nqn.empty())
      return by_subsystem[controller.subsystem_nqn];
    const auto& address = controller.endpoint.traddr;
    return address ? by_address[key_of(*address)] : without_address;
  }
};

Controllers::Controllers(std::vector<Controller> all) : shared_(std::make_shared<Shared>()) {
  shared_->all = std::move(all);
}

const std::vector<Controller>& Controllers::all() const { return shared_->all; }

std::vector<const Controller*> Controllers::candidates(const std::optional<base::Traddr>& address,
                                                       const std::string& subsystem_nqn) const {
  std::vector<const Controller*> found;
  auto const add_all = [&](const Shared::Positions& positions) {
    for (std::uint32_t const position : positions)
      found.push_back(&shared_->all[position]);
  };
  auto const add = [&](const auto& places, const std::string& key) {
    if (auto const there = places.find(key); there != places.end())
      add_all(there->second);
  };
  if (!address || size() <= few) {
    for (const Controller& controller : all())
      found.push_back(&controller);
    return found;
  }
  shared_->index();
  add_all(shared_->without_address);
  add(shared_->by_address, key_of(*address));
  add(shared_->by_subsystem, subsystem_nqn);
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<const Controller*> Controllers::identities_in_use() const {
  shared_->index();
  std::vector<const Controller*> found;
  for (auto const& [identity, position] : shared_->identities)
    found.push_back(&shared_->all[position]);
  std::sort(found.begin(), found.end());
  return found;
}

const Controller* Controllers::find(const std::string& device) const {
  shared_->index();
  auto const there = shared_->by_device.find(device);
  return there == shared_->by_device.end() ? nullptr : &shared_->all[there->second];
}

std::vector<Controller>& Controllers::edit() {
  bool const is_own = shared_.use_count() == 1;
  if (is_own && !shared_->is_indexed)
    return shared_->all;
  auto own = std::make_shared<Shared>();
  own->all = is_own ? std::move(shared_->all) : shared_->all;
  shared_ = std::move(own);
  return shared_->all;
}

void Controllers::replace(std::size_t position, Controller controller) {
  if (shared_.use_count() != 1)
    (void)edit();
  Controller& old = shared_->all[position];
  bool const is_found_as_before = old.device == controller.device && old.type == controller.type &&
                                  old.subsystem_nqn == controller.subsystem_nqn &&
                                  old.endpoint.traddr == controller.endpoint.traddr &&
                                  old.host_nqn == controller.host_nqn &&
                                  old.hostid == controller.hostid &&
                                  old.counts_as_connected() == controller.counts_as_connected();
  if (is_found_as_before)
    old = std::move(controller);
  else
    edit()[position] = std::move(controller);
}

void Controllers::push_back(Controller controller) {
  if (shared_.use_count() != 1)
    (void)edit();
  shared_->all.push_back(std::move(controller));
  if (shared_->is_indexed)
    shared_->take_in(static_cast<std::uint32_t>(shared_->all.size() - 1));
}

} // namespace nvmf::decide
