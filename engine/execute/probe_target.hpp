// How a path is probed before the kernel is asked to connect it.
#pragma once

#include "fabrics/probe.hpp"
#include "plan/plan.hpp"

#include <optional>

namespace nvmf::execute {

// Nothing where the path cannot be probed: not tcp, no address yet, or the policy says not to.
std::optional<fabrics::ProbeTarget> probe_target(const plan::Item& item);

} // namespace nvmf::execute
