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

// Calls METHOD(unit, "replace") and waits until the job is queued; what comes of it is the unit's
// own affair. The answer is waited for because the manager looks the caller up in /proc (sd-bus,
// bus_get_owner_creds) and refuses him when he has gone meanwhile.
base::Result<void> queue_job(const std::string& directory, const char* method,
                             const std::string& unit, base::Duration budget) {
  Deadline const deadline = std::chrono::steady_clock::now() + budget;
  auto const bus = open_bus(directory);
  if (!bus)
    return tl::unexpected(bus.error());
  if (auto const ready = flush_until(bus->get(), deadline); !ready)
    return ready;
  auto const call = new_manager_call(bus->get(), method);
  if (!call)
    return tl::unexpected(call.error());
  int error = sd_bus_message_append(call->get(), "ss", unit.c_str(), "replace");
  if (error < 0)
    return base::errno_failure("systemd", -error);
  sd_bus_error refusal = SD_BUS_ERROR_NULL;
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

base::Result<std::vector<UnitState>> read_units(sd_bus_message* reply) {
  std::vector<UnitState> units;
  const char* name = nullptr;
  const char* active = nullptr;
  const char* sub = nullptr;
  int error = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
  while (error >= 0 &&
         (error = sd_bus_message_read(reply, "(ssssssouso)", &name, nullptr, nullptr, &active, &sub,
                                      nullptr, nullptr, nullptr, nullptr, nullptr)) > 0)
    units.push_back({.name = name, .active_state = active, .sub_state = sub});
  if (error < 0)
    return base::errno_failure("systemd", -error);
  return units;
}

} // namespace

base::Result<void> SystemdUnits::start(const std::string& unit) {
  if (auto const queued = queue_job(directory_, "StartUnit", unit, budget_); !queued)
    return base::with_context(fmt::format("start of {}", unit), queued.error());
  return {};
}

base::Result<void> SystemdUnits::stop(const std::string& unit) {
  if (auto const queued = queue_job(directory_, "StopUnit", unit, budget_); !queued)
    return base::with_context(fmt::format("stop of {}", unit), queued.error());
  return {};
}

base::Result<std::vector<UnitState>> SystemdUnits::list(const std::string& pattern) {
  auto const bus = open_bus(directory_);
  if (!bus)
    return tl::unexpected(bus.error());
  auto const call = new_manager_call(bus->get(), "ListUnitsByPatterns");
  if (!call)
    return tl::unexpected(call.error());
  int error = sd_bus_message_append(call->get(), "as", 0);
  if (error >= 0)
    error = sd_bus_message_append(call->get(), "as", 1, pattern.c_str());
  sd_bus_message* raw = nullptr;
  auto const limit = std::chrono::duration_cast<std::chrono::microseconds>(budget_).count();
  if (error >= 0)
    error = sd_bus_call(bus->get(), call->get(), static_cast<std::uint64_t>(limit), nullptr, &raw);
  Message const reply(raw);
  if (error < 0)
    return base::errno_failure("systemd", -error);
  return read_units(reply.get());
}

base::Result<std::size_t> SystemdUnits::stop_matching(const std::string& pattern) {
  auto const units = list(pattern);
  if (!units)
    return tl::unexpected(units.error());
  for (const UnitState& unit : *units)
    if (auto const stopped = stop(unit.name); !stopped)
      return tl::unexpected(stopped.error());
  return units->size();
}

base::Result<void> RecordedUnits::start(const std::string& unit) {
  started.push_back(unit);
  return answer;
}

} // namespace nvmf::systemd
