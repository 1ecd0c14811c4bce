// Exclusions of the old configuration: the connections that they take away from its own, and the
// guards that replace them.
#pragma once

#include "importing/model.hpp"
#include "yaml/writer.hpp"

namespace nvmf::importing {

// Every field that the exclusion names is the connection's.
bool excludes(const Exclusion& exclusion, const Connection& connection);

// Takes out the connections that an exclusion forbids, and the exclusions that nothing can come of,
// with a note each.
void apply_exclusions(Imported& imported);

// The section `deny`; nothing where there are no exclusions.
void write_guards(yaml::Writer& yaml, const std::vector<Exclusion>& exclusions);

} // namespace nvmf::importing
