// Whether subsystems have the live paths that somebody waits for.
#pragma once

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "decide/facts.hpp"
#include "policy/policy.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nvmf::service {

// The missing part of `required.wait_for`, in words: "nqn.…:prod.root*: 1 of 2 paths". A glob is
// met by one subsystem that it matches and that has `required.paths` live paths.
std::vector<std::string> missing_paths(const std::vector<decide::Controller>& controllers,
                                       const policy::BootWait& required);

// Told at each look what is missing, and since when it is waited for.
using TellMissing =
    std::function<void(const std::vector<std::string>& missing, base::Duration waited)>;

// Looks at sysfs until nothing is missing or `required.timeout` is over; returns what is missing.
std::vector<std::string> wait_until_live(const base::FileSystem& files,
                                         const policy::BootWait& required, const base::Clock& clock,
                                         const TellMissing& tell = {});

} // namespace nvmf::service
