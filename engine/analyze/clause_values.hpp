// The values of a clause, as sets.
#pragma once

#include "analyze/axis_set.hpp"
#include "policy/policy.hpp"

#include <string>
#include <vector>

namespace nvmf::analyze {

// Calls `look` for each pattern of the clause and of its sets.
template <class Look>
void for_each_pattern(const policy::Clause& clause, Look look) {
  for (const policy::Pattern& pattern : clause.values)
    look(pattern);
  for (const auto& set : clause.sets)
    for (const policy::Pattern& pattern : set->values)
      look(pattern);
}

// `trsvcid`, `portid`, `secure-channel` (as the numbers of its enumeration), `persistent` (0, 1).
NumberSet numbers_in(const policy::Clause& clause);
// `traddr`, `host-traddr`.
AddressSet addresses_in(const policy::Clause& clause, const Scopes& scopes);
// Globs and names; those of `hostname`, which is compared without case, in lower case, those of
// `owner` as owner_pattern writes them.
std::vector<std::string> texts_in(const policy::Clause& clause);

} // namespace nvmf::analyze
