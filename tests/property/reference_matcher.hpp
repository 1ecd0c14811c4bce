// The policy language's matching once more, as plainly as it can be said, on texts: the reference
// that the engine is compared with. It shares no code with it.
#pragma once

#include "property/texts.hpp"

namespace nvmf::property {

bool matches(const TextMatch& match, const TextEvent& event);
bool applies_to(const TextRule& rule, const TextEvent& event);
// The event as guards see it: with the identity that the rule gives.
TextEvent as_used(const TextRule& rule, TextEvent event);

TextDecision decide(const TextPolicy& policy, const TextEvent& event);

} // namespace nvmf::property
