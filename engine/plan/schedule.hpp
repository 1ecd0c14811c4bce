// When to try again.
#pragma once

#include "plan/plan.hpp"

#include <cstdint>
#include <optional>

namespace nvmf::plan {

// Delay before the n-th retry (n from 1): first-delay * factor^(n-1), at most max-delay, without
// jitter. Saturates instead of overflowing.
base::Duration nominal_delay(const Retry& retry, std::uint32_t n);

// The same with jitter: `random` in [0, 1) moves it within +- jitter-percent.
base::Duration jittered_delay(const Retry& retry, std::uint32_t n, double random);

// Whether a further attempt is allowed after `made` attempts (the first counts) and `elapsed` since
// the first one.
bool may_try_again(const Retry& retry, std::uint32_t made, base::Duration elapsed);

} // namespace nvmf::plan
