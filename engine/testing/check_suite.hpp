// The names of a suite against the policy, before anything runs.
#pragma once

#include "policy/policy.hpp"
#include "testing/suite.hpp"

namespace nvmf::testing {

// NVP901: rules, guards and sources that the policy does not have. NVP903: expectations that can
// never come true together. NVP904: an event without a field that the expected rule asks for. Gives
// rules and guards the names under which the policy shows them.
void check_suite(Suite& suite, const policy::Policy& policy, diag::Sink& sink);

} // namespace nvmf::testing
