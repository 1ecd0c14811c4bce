// Time, as an interface, so that tests set it.
#pragma once

#include "base/duration.hpp"

#include <chrono>

namespace nvmf::base {

class Clock {
public:
  virtual ~Clock() = default;
  // Milliseconds since boot, suspend included (CLOCK_BOOTTIME): schedules.
  virtual Duration since_boot() const = 0;
  // Wall clock, milliseconds since 1970 UTC: what people read.
  virtual std::chrono::system_clock::time_point now() const = 0;
};

class SystemClock final : public Clock {
public:
  Duration since_boot() const override;
  std::chrono::system_clock::time_point now() const override;
};

} // namespace nvmf::base
