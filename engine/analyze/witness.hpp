// From a part of the event space to one event in it.
#pragma once

#include "analyze/solver.hpp"
#include "event/event.hpp"

#include <optional>
#include <string>

namespace nvmf::analyze {

struct Witness {
  event::Event event;
  std::optional<std::string> hostname; // only if a `hostname` clause needs one
  std::string other_host_nqn;          // the event's for the other of two policies
};

// An event of the cell, of the usual values where it leaves a choice; nothing if the budget ends
// before a text is found.
std::optional<Witness> witness_in(const Cell& cell, Solver& solver);
// The same of a whole region; also nothing if it is empty.
std::optional<Witness> event_of(const Region& region, Solver& solver);

} // namespace nvmf::analyze
