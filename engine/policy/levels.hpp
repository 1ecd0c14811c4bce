// The levels at which an option of a rule can be set, most specific first.
#pragma once

#include "policy/policy.hpp"

#include <optional>
#include <vector>

namespace nvmf::policy {

// The first level that sets the option, `null` included; null pointer: none does.
const OptionSetting* find_setting(const std::vector<const OptionSettings*>& levels,
                                  base::OptionId id);

// Retry settings of a rule (or, with none, of a file) over the defaults of its file and the main
// file, member by member.
RetrySettings merged_retry(const Policy& policy, std::size_t file, const Rule* rule);

} // namespace nvmf::policy
