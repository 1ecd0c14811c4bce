// A connection to the service manager that never waits longer than its limit.
#pragma once

#include "base/duration.hpp"
#include "base/result.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <systemd/sd-bus.h>

namespace nvmf::systemd {

struct BusCloser {
  void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, BusCloser>;

struct MessageUnref {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageUnref>;

// The words of ETIME.
inline constexpr std::string_view too_busy = "systemd is busy and did not take the request in time";

using Deadline = std::chrono::steady_clock::time_point;

// Connects to systemd's private socket in `directory` (/run/systemd), which serves root before and
// without the bus daemon; where that cannot be opened, to the system bus. ENOTCONN where systemd is
// not running.
base::Result<Bus> open_bus(const std::string& directory);

// Does what is to be done on the connection until it is set up and everything that was sent is
// written. ETIME after `deadline`.
base::Result<void> flush_until(sd_bus* bus, Deadline deadline);

// A call of the manager's method.
base::Result<Message> new_manager_call(sd_bus* bus, const char* method);

} // namespace nvmf::systemd
