// From decoded files to one policy: names are looked up, rules ordered, what contradicts itself is
// reported.
#pragma once

#include "diag/finding.hpp"
#include "policy/decode/decoded.hpp"
#include "policy/policy.hpp"

#include <memory>
#include <vector>

namespace nvmf::policy {

struct ResolveInput {
  std::vector<DecodedFile> files; // in the order in which they are consulted
  bool incomplete = false; // a file could not be read at all: a name that is missing may be in it
};

struct Resolved {
  // Must not be used if anything was an error. Its digest is not set.
  std::shared_ptr<Policy> policy;
  // Guards and rules whose match was read in full, with nothing against it so far; as indices.
  std::vector<std::size_t> sound_guards;
  std::vector<std::size_t> sound_rules;

  bool is_whole() const {
    return sound_guards.size() == policy->guards.size() &&
           sound_rules.size() == policy->rules.size();
  }
  // The policy with these guards and rules alone, for further checks of their matches.
  Policy whole_matches() const;
};
Resolved resolve(ResolveInput input, diag::Sink& sink);

} // namespace nvmf::policy
