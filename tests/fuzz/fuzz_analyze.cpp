// Two policies, parted by a line `===`: each is analysed, and what changes between them is the
// reverse of what changes back.
#include "analyze/difference.hpp"
#include "analyze/reachability.hpp"
#include "load/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Small, so that an input takes milliseconds; a larger one is the same code.
  constexpr analyze::Budget budget{.steps = 200'000, .steps_each = 20'000};
  std::string_view const text(reinterpret_cast<const char*>(data), size);
  auto const border = text.find("\n===\n");
  load::Loaded const before = load::load_text("before.yaml", std::string(text.substr(0, border)));
  if (!before.policy)
    return 0;
  auto const reach = analyze::analyze(*before.policy, budget);
  if (reach.rules.size() != before.policy->rules.size())
    std::abort();
  if (!analyze::difference(*before.policy, *before.policy, budget).changes.empty())
    std::abort();
  if (border == std::string_view::npos)
    return 0;
  load::Loaded const after = load::load_text("after.yaml", std::string(text.substr(border + 5)));
  if (!after.policy)
    return 0;
  auto const there = analyze::difference(*before.policy, *after.policy, budget);
  auto const back = analyze::difference(*after.policy, *before.policy, budget);
  if (!there.incomplete && !back.incomplete && there.empty() != back.empty())
    std::abort();
  return 0;
}
