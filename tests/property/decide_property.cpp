#include "property/properties.hpp"
#include "property/random_policy.hpp"
#include "property/reference_matcher.hpp"
#include "property/to_engine.hpp"

#include <rapidcheck.h>

namespace nvmf::property {

// 100 policies of rapidcheck's own count, 1,000 events each: 100,000 pairs.
bool matcher_agrees_with_reference() {
  return rc::check("decide() and the reference matcher decide alike", [](std::uint64_t seed) {
    Random random(seed);
    TextPolicy const text = random_policy(random, Keys::all);
    policy::Policy const policy = to_engine(text);
    for (int i = 0; i < 1000; ++i) {
      TextEvent const event = random_event(random);
      TextDecision const expected = decide(text, event);
      TextDecision const actual =
          to_text(decide::decide(policy, to_engine(event), hostname_of(event)));
      if (actual != expected)
        RC_FAIL(to_text(text) + to_text(event) + "\nreference: " + expected.outcome + " " +
                expected.name + ", engine: " + actual.outcome + " " + actual.name);
    }
  });
}

} // namespace nvmf::property
