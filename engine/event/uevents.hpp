// Events as they happen, for `nvmf-policy record`. The udev rule does not come through here.
#pragma once

#include "base/duration.hpp"
#include "base/result.hpp"
#include "event/from_udev.hpp"

#include <memory>
#include <optional>

namespace nvmf::event {

// Where live events come from; an interface, so that tests bring their own.
class UeventSource {
public:
  virtual ~UeventSource() = default;
  // The next event's properties; nothing if none came within `wait` (infinite_duration: no limit).
  virtual base::Result<std::optional<Properties>> next(base::Duration wait) = 0;
};

// udev's own events (after its rules) of the subsystems `nvme` and `fc`, from now on. Needs no
// privilege.
base::Result<std::unique_ptr<UeventSource>> watch_udev();

} // namespace nvmf::event
