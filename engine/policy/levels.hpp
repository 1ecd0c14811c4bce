// The levels at which an option of a rule can be set, most specific first.
#pragma once

#include "policy/policy.hpp"

#include <optional>
#include <vector>

namespace nvmf::policy {

// The rule itself, its profiles, its identity's secrets where it names one, the defaults of its
// file and of the main file. A target's own settings come before all of these and are not here.
std::vector<const OptionSettings*> levels_of(const Policy& policy, const Rule& rule);

// Those of a target that the rule decides: its own settings, its profiles, the rule's, and the
// secrets of the target's identity where the rule names none.
std::vector<const OptionSettings*> levels_of(const Policy& policy, const Target& target,
                                             const Rule& rule);
// The target's own settings and profiles alone, which hold whatever rule decides it.
std::vector<const OptionSettings*> own_levels(const Target& target);

// The first level that sets the option, `null` included; null pointer: none does.
const OptionSetting* find_setting(const std::vector<const OptionSettings*>& levels,
                                  base::OptionId id);

// The number that it sets; nothing for `null`, for another kind of value and for a null pointer.
std::optional<std::int64_t> number(const OptionSetting* setting);

// Retry settings of a rule (or, with none, of a file) over the defaults of its file and the main
// file, member by member.
RetrySettings merged_retry(const Policy& policy, std::size_t file, const Rule* rule);

} // namespace nvmf::policy
