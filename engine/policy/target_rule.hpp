// The rule that a target is where no other decides it.
#pragma once

#include "policy/policy.hpp"

namespace nvmf::policy {

// The rule that discovers or connects the target and says nothing else; it has the target's name,
// place and file.
Rule rule_of_target(const Target& target);

} // namespace nvmf::policy
