// The policy's words from and to text.
#pragma once

#include "policy/policy.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::policy {

std::optional<MatchKey> parse_match_key(std::string_view text);
std::optional<Action> parse_action(std::string_view text);
std::optional<HostSide> parse_host_side(std::string_view text);
// `never`, or the duration.
std::string poll_text(base::Duration poll);

// `tcp, rdma`.
std::string list_of(base::TransportSet transports);

} // namespace nvmf::policy
