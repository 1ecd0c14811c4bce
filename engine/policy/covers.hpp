// Whether one pattern takes in all that another one does. Sound, not complete: false where it
// cannot tell.
#pragma once

#include "policy/policy.hpp"

namespace nvmf::policy {

// Every value that `inner` matches, `outer` matches, too.
bool covers(const Pattern& outer, const Pattern& inner);

// Each value of `inner`, its sets included, is covered by one of `outer`'s. Both are of one key.
bool covers(const Clause& outer, const Clause& inner);

} // namespace nvmf::policy
