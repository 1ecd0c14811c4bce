// From decoded files to one policy: names are looked up, rules ordered, what contradicts itself is
// reported.
#pragma once

#include "diag/finding.hpp"
#include "policy/decoded.hpp"
#include "policy/policy.hpp"

#include <memory>
#include <vector>

namespace nvmf::policy {

struct ResolveInput {
  std::vector<DecodedFile> files; // in the order in which they are consulted
  bool incomplete = false; // a file could not be read at all: a name that is missing may be in it
};

// The policy, which must not be used if anything was an error. Its digest is not set.
std::shared_ptr<Policy> resolve(ResolveInput input, diag::Sink& sink);

} // namespace nvmf::policy
