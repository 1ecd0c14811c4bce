// Conditions as text.
#pragma once

#include "policy/policy.hpp"

#include <string>

namespace nvmf::policy {

// One value as a policy writes it, without quotes: `10.20.0.0/16`, `4420-4430`, `discovered`.
std::string to_text(const Pattern& pattern);

} // namespace nvmf::policy
