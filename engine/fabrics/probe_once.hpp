// One probe from its start to its end, for who has nothing else to wait for.
#pragma once

#include "base/duration.hpp"
#include "base/result.hpp"
#include "fabrics/probe.hpp"

namespace nvmf::fabrics {

// Waits until somebody answers, or fails as Probe does: after `accept_within` where nobody accepts.
// EINTR if a signal came first.
base::Result<void> probe_once(const ProbeTarget& target, base::Duration accept_within);

} // namespace nvmf::fabrics
