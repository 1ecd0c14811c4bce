// nvme-cli's list of connections that nobody may make automatically (nvme-cli,
// Documentation/exclusions.conf).
#pragma once

#include "decide/facts.hpp"
#include "plan/plan.hpp"

namespace nvmf::plan {

// The first entry that excludes the connection. Every key that the entry names must be equal
// (addresses as addresses); a key that the connection has no value for does not match; an entry
// that is not usable matches nothing.
const decide::Exclusion* excluded_by(const Tid& tid, const decide::Facts& facts);

} // namespace nvmf::plan
