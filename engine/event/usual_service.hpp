// Transport service ids: the port numbers of tcp and rdma.
#pragma once

#include "base/transport.hpp"
#include "base/words.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace nvmf::event {

// IANA: 8009 for discovery controllers on tcp, else 4420. None for fc and loop.
std::optional<std::uint16_t> usual_service(base::Transport transport, base::Subject subject);

// A port number, 1 to 65535, decimal without sign and leading zero.
std::optional<std::uint16_t> parse_service(std::string_view text);

} // namespace nvmf::event
