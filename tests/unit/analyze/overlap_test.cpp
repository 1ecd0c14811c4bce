// Pairs of rules that match the same events.
#include "analyze/overlap.hpp"
#include "analyze/samples.hpp"

#include <fmt/format.h>

using namespace nvmf;

namespace {

std::string shown(const std::string& rules) {
  std::string text;
  auto const policy = tests::with_rules(rules);
  for (const auto& pair : analyze::overlaps(*policy).pairs) {
    auto const decision = decide::decide(*policy, pair.example.event, pair.example.hostname);
    CHECK(decision.rule == pair.first);
    text += fmt::format("{} {} {}{}", pair.first->name, analyze::to_string(pair.overlap),
                        pair.second->name, pair.conflicting ? " conflicting" : "");
    for (const auto& change : pair.settings)
      text += fmt::format(" {}: {} -> {}", change.name, change.before, change.after);
    text += "\n";
  }
  return text;
}

} // namespace

TEST_CASE("how two rules overlap") {
  struct Row {
    const char* name;
    const char* rules;
    const char* expected;
  };
  Row const rows[] = {
      {"in part",
       "  - { name: a, match: { traddr: 10.0.0.0/8 }, action: connect, connect: { tos: 4 } }\n"
       "  - { name: b, match: { subsystem-nqn: \"nqn.a*\" }, action: connect }\n",
       "a partial b conflicting tos: 4 -> \n"},
      {"in part, with other actions",
       "  - { name: a, match: { traddr: 10.0.0.0/8 }, action: ignore }\n"
       "  - { name: b, match: { subsystem-nqn: \"nqn.a*\" }, action: connect }\n",
       "a partial b\n"},
      {"an exception",
       "  - { name: a, match: { traddr: 10.0.0.1 }, action: connect, probe: false }\n"
       "  - { name: b, match: { traddr: 10.0.0.0/8 }, action: connect }\n",
       "a inside b probe: false -> \n"},
      {"shadowed",
       "  - { name: a, match: { traddr: 10.0.0.0/8 }, action: connect }\n"
       "  - { name: b, match: { traddr: 10.0.0.1 }, action: connect, probe: false }\n",
       "a contains b probe:  -> false\n"},
      {"the same",
       "  - { name: a, match: { traddr: 10.0.0.0/31 }, action: connect }\n"
       "  - { name: b, match: { traddr: 10.0.0.0-10.0.0.1 }, action: connect, probe: "
       "false }\n",
       "a equal b probe:  -> false\n"},
      {"alike",
       "  - { name: a, match: { traddr: 10.0.0.0/8 }, action: connect }\n"
       "  - { name: b, match: { traddr: 10.0.0.1 }, action: connect }\n",
       ""},
      {"apart",
       "  - { name: a, match: { traddr: 10.0.0.0/9 }, action: connect }\n"
       "  - { name: b, match: { traddr: 10.128.0.0/9 }, action: connect, probe: false }\n",
       ""},
      {"where an earlier rule decides",
       "  - { name: z, match: { traddr: 10.0.0.0/8, subsystem-nqn: \"nqn.a*\" }, action: connect "
       "}\n"
       "  - { name: a, match: { traddr: 10.0.0.0/8 }, action: connect, connect: { tos: 4 } }\n"
       "  - { name: b, match: { subsystem-nqn: \"nqn.a*\" }, action: connect }\n",
       "z inside a tos:  -> 4\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(shown(row.rules) == row.expected);
  }
}
