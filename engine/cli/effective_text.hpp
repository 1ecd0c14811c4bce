// The whole policy as one listing for people.
#pragma once

#include "policy/policy.hpp"

#include <string>

namespace nvmf::cli {

// The policy in force, in the order in which it is asked: files, identities, sets, profiles,
// targets with their settings under each rule that may decide them, guards, rules with their
// settings, `boot` and `limits`; everything with the place that it comes from.
std::string effective_text(const policy::Policy& policy);

} // namespace nvmf::cli
