// Why a clause holds or not, in words.
#pragma once

#include "decide/decide.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// The values as they were written: a rule is one `source`, though it is known by two names.
std::vector<std::string> written_values(const policy::Clause& clause);

// The values that the clause wants: `tcp or rdma`, `@storage-nets (3 entries)`, `10.20.9.0/24`.
std::string wanted_text(const policy::Clause& clause);

// The clause with what was seen, as it came out: `traddr 192.0.2.5 is not in 10.20.9.0/24`,
// "transport `tcp`, wants fc", "the event has no portid".
std::string clause_text(const decide::ClauseTrace& trace, const event::Event& event,
                        const std::optional<std::string>& hostname);

// `host-iface`, `udev ID_PATH`.
std::string clause_name(const decide::ClauseTrace& trace);

} // namespace nvmf::cli
