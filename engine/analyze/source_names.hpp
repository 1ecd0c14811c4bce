// Which names the entries of a discovery log have as `source`, as far as a policy asks for them.
#pragma once

#include "policy/policy.hpp"

#include <set>
#include <string>
#include <vector>

namespace nvmf::analyze {

// The names that a discovery controller's entries get: of the rule that decided it, and of the
// target whose endpoint it is, if it is one.
using Names = std::set<std::string>;
Names names_below(const policy::Rule& rule, const policy::Target* target = nullptr);

class SourceNames {
public:
  explicit SourceNames(const policy::Policy& policy);

  // Some `source` names one of them.
  bool asks_for(const Names& names) const;
  // No `source` distinguishes entries with the one names from entries with the others.
  bool alike(const Names& a, const Names& b) const;
  // Those that some `source` names, to be shown: `dc-a and storage-discovery`.
  std::string shown(const Names& names) const;

private:
  std::vector<Names> clauses_; // what each `source` accepts
};

} // namespace nvmf::analyze
