// A loaded policy as one file.
#pragma once

#include "policy/policy.hpp"

#include <string>

namespace nvmf::policy {

enum class Origins : std::uint8_t { leave_out, as_comments };

// One YAML text that loads again and decides every event alike, with the same options: rules in
// consultation order, sets and profiles of several files renamed where they clash (`70-acme.prod`),
// each file's defaults written into its rules as profiles. With `as_comments`, each part names the
// file and line it came from.
std::string to_yaml(const Policy& policy, Origins origins = Origins::leave_out);

} // namespace nvmf::policy
