// The whole policy as one listing for people.
#pragma once

#include "policy/policy.hpp"

#include <string>

namespace nvmf::cli {

// The policy in force, in the order in which it is asked: files, identities, sets, profiles,
// targets with their settings under each rule that may decide them, guards, rules with their
// settings, `boot` and `limits`; everything with the place that it comes from.
std::string effective_text(const policy::Policy& policy);

// Its parts alone; the first line of each entry is its kind, name and place.
std::string guards_text(const policy::Policy& policy);
std::string targets_text(const policy::Policy& policy);
// Those that the policy names; `default` where it says something of it.
std::string identities_text(const policy::Policy& policy);

} // namespace nvmf::cli
