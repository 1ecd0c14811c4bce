// The mistakes of a policy that resolves: options that do not go together or never act. All checks
// that are on by default can be proved from the text alone.
#pragma once

#include "diag/finding.hpp"
#include "policy/finding_options.hpp"
#include "policy/policy.hpp"
#include "policy/read_values.hpp"

#include <vector>

namespace nvmf::policy {

// 212: an option of the rule that no transport which it can match takes; queue options for a
// discovery controller. `uses` are the names of its profiles, the places of findings about those.
void check_rule_transports(const Rule& rule, const std::vector<NameUse>& uses, diag::Sink& sink);
void check_target_transport(const Target& target, const std::vector<NameUse>& uses,
                            diag::Sink& sink);

// 215, 505, 506, 605, 606, 607, 609: options that contradict each other, rule by rule.
void check_options(const Policy& policy, const FindingOptions& wanted, diag::Sink& sink);
// 506, 605, 606, 607 for what a target sets, whichever rule decides it.
void check_target_options(const Policy& policy, diag::Sink& sink);
// 601 to 604.
void check_retries(const Policy& policy, const FindingOptions& wanted, diag::Sink& sink);

} // namespace nvmf::policy
