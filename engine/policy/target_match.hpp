// The rules that may decide a target at boot, as far as the text of the policy shows.
#pragma once

#include "policy/policy.hpp"

#include <vector>

namespace nvmf::policy {

enum class Holds : std::uint8_t { no, perhaps, yes };

// Whether the match holds for the target's boot events. `perhaps` where it asks for what only the
// host knows (`hostname`, `host-nqn`), where it holds for some of them, or where this cannot tell.
Holds holds_for(const Match& match, const SubjectSet& subjects, const Target& target);

// The rules one of which decides the target wherever no guard denies it, in their order: up to the
// first that holds for certain. Rules that ignore are left out.
std::vector<const Rule*> rules_for(const Policy& policy, const Target& target);

} // namespace nvmf::policy
