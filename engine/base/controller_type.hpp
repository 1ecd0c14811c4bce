// The kinds of controller that a device can be.
#pragma once

#include <cstdint>
#include <string_view>

namespace nvmf::base {

enum class ControllerType : std::uint8_t { io, discovery, admin, unknown };

// sysfs's `cntrltype`: `io`, `discovery`, `admin`; anything else is unknown, and kernels
// before 5.18 have no such attribute.
ControllerType parse_controller_type(std::string_view cntrltype);

// Of unknown type is a discovery controller whose subsystem has the well-known discovery NQN. A
// discovery controller that was connected under its own NQN looks like an I/O controller without
// Identify; the kernel takes such a connect from 5.17 on.
bool is_discovery_controller(ControllerType type, std::string_view subsystem_nqn);

} // namespace nvmf::base
