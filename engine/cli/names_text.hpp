// How things are called in output for people: endpoints, NQNs, places in files.
#pragma once

#include "base/endpoint.hpp"
#include "diag/finding.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace nvmf::cli {

// `10.20.1.10:8009`, `[fd20:a::1]:4420`, `nn-0x…:pn-0x…`; `-` where there is no address.
std::string address_text(const base::Endpoint& endpoint);

// The host side: `from 10.20.1.77 via ens1f0`, either alone, or empty.
std::string host_side_text(const base::Endpoint& endpoint);

// Fibre Channel addresses in `text` as the names of their ports alone, which no other port in the
// world has: `201000a098000001` for `nn-0x200000a098000001:pn-0x201000a098000001`.
std::string with_port_names(std::string_view text);

// `nvme0  discovery-log-changed  tcp 10.20.1.10:8009 via ens1f0`: what happened, to what.
std::string event_text(const event::Event& event);

// `autoconnect.yaml:31`.
std::string place_text(std::string_view path, std::uint32_t line);
std::string place_text(const diag::Span& span); // its first line

// NQNs in at most `columns`, shortened in the middle, each by its whole; none: all as they are. One
// that could be mistaken for another is not shortened. Unprintable characters are escaped.
using NqnNames = std::map<std::string, std::string>;
NqnNames nqn_names(const std::set<std::string>& nqns, std::optional<std::size_t> columns);
// The name that `names` has for it; one that is not there as it is.
std::string name_of(const NqnNames& names, const std::string& nqn);

} // namespace nvmf::cli
