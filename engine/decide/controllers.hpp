// The controllers of a host as one value: cheap to copy, for every decision looks at the host as it
// was at one moment, and quick to ask for those at an address among thousands.
#pragma once

#include "base/connect_option.hpp"
#include "base/controller_type.hpp"
#include "base/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nvmf::decide {

using base::ControllerType;

// An NVMe-oF controller in sysfs. Empty strings and nullopt: not set or not shown.
struct Controller {
  std::string device; // nvme3
  std::string state;  // live, connecting, resetting, deleting, dead …
  ControllerType type = ControllerType::unknown;
  base::Endpoint endpoint;
  std::optional<base::Traddr> src_addr; // what the kernel chose
  std::string subsystem_nqn;
  std::string host_nqn;
  std::string hostid;
  std::optional<std::string> owner; // registry; none: no entry
  // Tells apart controllers that had this device name one after another; 0: unknown.
  std::uint64_t incarnation = 0;
  // Options that sysfs shows, in the kernel's units (ctrl-loss-tmo -1: for ever).
  std::map<base::OptionId, base::OptionValue> connect;

  bool is_discovery() const { return base::is_discovery_controller(type, subsystem_nqn); }
  bool is_io() const {
    return type == ControllerType::io || (type == ControllerType::unknown && !is_discovery());
  }
  // `live`, `connecting` and `resetting` count as connected.
  bool counts_as_connected() const {
    return state == "live" || state == "connecting" || state == "resetting";
  }
};

// Copies share what they hold until one of them is changed. Not thread-safe.
class Controllers {
public:
  using value_type = Controller;

  Controllers() : Controllers(std::vector<Controller>()) {}
  Controllers(std::vector<Controller> all);
  Controllers(std::initializer_list<Controller> all) : Controllers(std::vector<Controller>(all)) {}

  const std::vector<Controller>& all() const;
  auto begin() const { return all().begin(); }
  auto end() const { return all().end(); }
  std::size_t size() const { return all().size(); }
  bool empty() const { return all().empty(); }
  const Controller& operator[](std::size_t index) const { return all()[index]; }
  const Controller& front() const { return all().front(); }

  // Those that may be a connection to that subsystem or discovery controller at that address (none:
  // any), in their order; the others certainly are not.
  std::vector<const Controller*> candidates(const std::optional<base::Traddr>& address,
                                            const std::string& subsystem_nqn) const;
  // One for each pair of host NQN and hostid that connected controllers have.
  std::vector<const Controller*> identities_in_use() const;
  // Null where there is no such device.
  const Controller* find(const std::string& device) const;

  // To be changed in any way: the next question costs a walk over all.
  std::vector<Controller>& edit();
  Controller& operator[](std::size_t index) { return edit()[index]; }
  Controller& front() { return edit().front(); }
  void push_back(Controller controller);
  // The one at that position, as it is now.
  void replace(std::size_t position, Controller controller);
  void pop_back() { edit().pop_back(); }
  void clear() { edit().clear(); }

private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

} // namespace nvmf::decide
