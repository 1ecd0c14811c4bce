// How two decisions of one event differ.
#pragma once

#include "analyze/compiled.hpp"
#include "analyze/difference.hpp"

#include <optional>
#include <vector>

namespace nvmf::analyze {

// One side of a comparison: who decides (neither: no rule matches), what the rule sets, and what
// the policy asks about the entries of what is discovered.
struct DecidingSide {
  Decider decider;
  const Settings& settings;
  const SourceNames& sources;
  const policy::Target* target = nullptr; // whose event it is
};

// For events of these transports.
std::optional<ChangeKind> change_of(const DecidingSide& before, const DecidingSide& after,
                                    base::TransportSet transports = base::TransportSet::all());

// The parts of ChangeKind::other_options: other settings, and another `source` for the entries.
// Seen on these transports.
std::vector<SettingChange>
settings_between(const DecidingSide& before, const DecidingSide& after,
                 base::TransportSet transports = base::TransportSet::all());

} // namespace nvmf::analyze
