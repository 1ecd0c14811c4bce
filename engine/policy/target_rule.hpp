// The rule that a target, or the firmware's table, is where no other decides.
#pragma once

#include "policy/policy.hpp"

namespace nvmf::policy {

// The rule that discovers or connects the target and says nothing else; it has the target's name,
// place and file.
Rule rule_of_target(const Target& target);

// The same for something that the firmware's table names; it is called `nbft`.
Rule rule_of_firmware(base::Subject subject);

} // namespace nvmf::policy
