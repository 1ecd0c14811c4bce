#include "systemd/units.hpp"

#include "systemd/bus.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

namespace nvmf::systemd {

namespace {

std::uint64_t microseconds_until(Deadline deadline) {
  auto const left = std::chrono::duration_cast<std::chrono::microseconds>(
      deadline - std::chrono::steady_clock::now());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(left.count(), 1));
}

// Calls StartUnit(unit, "replace") and waits until the job is queued; the rest is the unit's own
// affair. The answer is waited for because the manager looks the caller up in /proc (sd-bus,
// bus_get_owner_creds) and refuses him when he has gone meanwhile.
base::Result<void> queue_start(const std::string& directory, const std::string& unit,
                               base::Duration budget) {
  Deadline const deadline = std::chrono::steady_clock::now() + budget;
  auto const bus = open_bus(directory);
  if (!bus)
    return tl::unexpected(bus.error());
  if (auto const ready = flush_until(bus->get(), deadline); !ready)
    return ready;
  auto const call = new_manager_call(bus->get(), "StartUnit");
  if (!call)
    return tl::unexpected(call.error());
  int error = sd_bus_message_append(call->get(), "ss", unit.c_str(), "replace");
  if (error < 0)
    return base::errno_failure("systemd", -error);
  sd_bus_error refusal{}; // SD_BUS_ERROR_NULL is a compound literal, which C++ does not have
  error = sd_bus_call(bus->get(), call->get(), microseconds_until(deadline), &refusal, nullptr);
  base::Result<void> result;
  if (error == -ETIMEDOUT)
    result = base::failure(std::string(too_busy), ETIME);
  else if (error < 0)
    result = base::failure(
        fmt::format("systemd: {}", refusal.message ? refusal.message : base::errno_text(-error)),
        -error);
  sd_bus_error_free(&refusal);
  return result;
}

} // namespace

base::Result<void> SystemdUnits::start(const std::string& unit) {
  if (auto const queued = queue_start(directory_, unit, budget_); !queued)
    return base::with_context(fmt::format("start of {}", unit), queued.error());
  return {};
}

} // namespace nvmf::systemd
