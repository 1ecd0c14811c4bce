// A policy for programs: the listings of policy_text.hpp and effective_text.hpp as JSON. Settings
// have their origin and place.
#pragma once

#include "load/load.hpp"
#include "policy/policy.hpp"

#include <string>

namespace nvmf::cli {

std::string files_json(const load::Loaded& loaded);
std::string rules_json(const policy::Policy& policy); // guards and rules
std::string guards_json(const policy::Policy& policy);
std::string targets_json(const policy::Policy& policy);
std::string identities_json(const policy::Policy& policy);
std::string sets_json(const policy::Policy& policy);
std::string profiles_json(const policy::Policy& policy);
std::string rule_json(const policy::Policy& policy, const policy::Rule& rule);
// All of it: identities, sets, profiles, targets, guards, rules, boot, limits.
std::string effective_json(const policy::Policy& policy);

} // namespace nvmf::cli
