#include "base/controller_type.hpp"

#include "base/nqn.hpp"

namespace nvmf::base {

ControllerType parse_controller_type(std::string_view cntrltype) {
  if (cntrltype == "io")
    return ControllerType::io;
  if (cntrltype == "discovery")
    return ControllerType::discovery;
  if (cntrltype == "admin")
    return ControllerType::admin;
  return ControllerType::unknown;
}

bool is_discovery_controller(ControllerType type, std::string_view subsystem_nqn) {
  return type == ControllerType::unknown ? subsystem_nqn == well_known_discovery_nqn
                                         : type == ControllerType::discovery;
}

} // namespace nvmf::base
