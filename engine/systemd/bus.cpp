#include "systemd/bus.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace nvmf::systemd {

namespace {

base::Result<Bus> open_private(const std::string& socket) {
  sd_bus* raw = nullptr;
  if (int const error = sd_bus_new(&raw); error < 0)
    return base::errno_failure("systemd", -error);
  Bus bus(raw);
  int error = sd_bus_set_address(bus.get(), ("unix:path=" + socket).c_str());
  if (error >= 0)
    error = sd_bus_start(bus.get());
  if (error < 0)
    return base::errno_failure(socket, -error);
  return bus;
}

// As sd_booted(3) has it.
bool is_running(const std::string& directory) {
  return ::access((directory + "/system").c_str(), F_OK) == 0;
}

} // namespace

base::Result<Bus> open_bus(const std::string& directory) {
  auto bus = open_private(directory + "/private");
  if (bus)
    return bus;
  if (!is_running(directory))
    return base::failure("systemd is not running on this host", ENOTCONN);
  sd_bus* raw = nullptr;
  if (sd_bus_open_system(&raw) < 0)
    return bus; // why the private socket cannot be used says more
  return Bus(raw);
}

base::Result<void> flush_until(sd_bus* bus, Deadline deadline) {
  for (;;) {
    int const progress = sd_bus_process(bus, nullptr);
    if (progress < 0)
      return base::errno_failure("systemd", -progress);
    std::uint64_t unwritten = 0;
    if (int const error = sd_bus_get_n_queued_write(bus, &unwritten); error < 0)
      return base::errno_failure("systemd", -error);
    if (unwritten == 0 && sd_bus_is_ready(bus) > 0)
      return {};
    if (progress > 0)
      continue;
    auto const left = std::chrono::duration_cast<std::chrono::microseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return base::failure(std::string(too_busy), ETIME);
    if (int const error = sd_bus_wait(bus, static_cast<std::uint64_t>(left.count()));
        error < 0 && error != -EINTR)
      return base::errno_failure("systemd", -error);
  }
}

base::Result<Message> new_manager_call(sd_bus* bus, const char* method) {
  sd_bus_message* raw = nullptr;
  if (int const error = sd_bus_message_new_method_call(bus, &raw, "org.freedesktop.systemd1",
                                                       "/org/freedesktop/systemd1",
                                                       "org.freedesktop.systemd1.Manager", method);
      error < 0)
    return base::errno_failure("systemd", -error);
  return Message(raw);
}

} // namespace nvmf::systemd
