// The levels at which an option of a rule can be set, most specific first.
#pragma once

#include "policy/policy.hpp"

#include <optional>
#include <vector>

namespace nvmf::policy {

// The rule itself, its profiles, its identity's secrets where it names one, the defaults of its
// file and of the main file. A target's own settings come before all of these and are not here.
std::vector<const OptionSettings*> levels_of(const Policy& policy, const Rule& rule);

// The same for a target that the rule decides: the target's own settings and profiles first. Its
// identity is known then: the rule's, else the target's, else `default`.
std::vector<const OptionSettings*> levels_of(const Policy& policy, const Target& target,
                                             const Rule& rule);

// The first level that sets the option, `null` included; null pointer: none does.
const OptionSetting* find_setting(const std::vector<const OptionSettings*>& levels,
                                  base::OptionId id);

// Retry settings of a rule (or, with none, of a file) over the defaults of its file and the main
// file, member by member.
RetrySettings merged_retry(const Policy& policy, std::size_t file, const Rule* rule);

} // namespace nvmf::policy
