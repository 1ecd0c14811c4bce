// The policy that asks for what was imported.
#pragma once

#include "importing/model.hpp"

#include <string>

namespace nvmf::importing {

// One YAML text that loads; comments name the line that each part came from, and the notes are at
// its head. Settings shared by all connections belong in `defaults`; each connection is a target,
// in the order of the files, equal ones merged; rules accept what discovery controllers refer to
// and list. Adds to `imported.notes` those that only arise here.
std::string policy_of(Imported imported, std::vector<Note>& notes);

} // namespace nvmf::importing
