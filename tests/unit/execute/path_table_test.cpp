// The table's notes about its paths against a walk over all of them, after many random changes.
#include "execute/path.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

using namespace nvmf;
using namespace std::chrono_literals;
using execute::Path;
using execute::PathState;
using execute::PathTable;

namespace {

std::optional<execute::BootTime> walked_next_try(const PathTable& table) {
  std::optional<execute::BootTime> next;
  for (const auto& [id, path] : table.all())
    if (path.next_try)
      next = std::min(next.value_or(*path.next_try), *path.next_try);
  return next;
}

bool walked_settled(const PathTable& table) {
  return std::all_of(table.all().begin(), table.all().end(),
                     [](const auto& each) { return each.second.is_settled(); });
}

} // namespace

TEST_CASE("path table: the next try and whether all are settled, after each change") {
  std::mt19937 random(7);
  auto const up_to = [&random](unsigned most) { return static_cast<unsigned>(random() % most); };
  PathTable table;
  unsigned added = 0;
  for (int round = 0; round < 4000; ++round) {
    CAPTURE(round);
    switch (up_to(8)) {
    case 0:
      (void)table.add("key " + std::to_string(added++), {});
      break;
    case 1:
      table.erase(up_to(added + 1));
      break;
    case 2:
      for (auto& [id, path] : table.all())
        path.state = PathState::live;
      break;
    default:
      if (Path* const path = table.find(up_to(added + 1))) {
        path->state = execute::all_path_states[up_to(execute::all_path_states.size())];
        path->next_try = up_to(2) == 0 ? std::nullopt : std::optional(1s * up_to(100));
      }
    }
    // Several changes between two questions, too.
    if (up_to(3) != 0)
      continue;
    PathTable const& asked = table;
    CHECK(asked.next_try() == walked_next_try(asked));
    CHECK(asked.all_settled() == walked_settled(asked));
  }
}
