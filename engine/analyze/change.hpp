// How two decisions of one event differ.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/difference.hpp"

#include <optional>
#include <vector>

namespace nvmf::analyze {

// One side of a comparison: who decides (neither: no rule matches), and what the rule sets.
struct DecidingSide {
  Decider decider;
  const Settings& settings;
};

std::optional<ChangeKind> change_of(const DecidingSide& before, const DecidingSide& after);

// The changes of targets, each with its boot event.
void add_target_changes(const policy::Policy& before, const policy::Policy& after,
                        std::vector<Change>& changes);

} // namespace nvmf::analyze
