// Names of network interfaces.
#pragma once

#include <cstddef>
#include <string_view>

namespace nvmf::base {

// IFNAMSIZ less the terminating NUL. Alternative names may be longer, but binding a socket to an
// interface takes no more (net/core/sock.c, sock_setbindtodevice): nothing is connected through a
// longer one.
inline constexpr std::size_t interface_name_max_length = 15;

// Characters that no interface name contains (net/core/dev.c, dev_valid_name), beside those that an
// option string excludes (wire_text.hpp).
inline constexpr std::string_view not_in_interface_names = "/:";

// A name that an interface can have and that an option string can hold: 1 to 15 characters without
// those, neither `.` nor `..`.
bool is_interface_name(std::string_view text);

} // namespace nvmf::base
