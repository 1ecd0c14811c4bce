// The ways to a target: addresses, host names, host sides.
#pragma once

#include "policy/map_view.hpp"
#include "policy/policy.hpp"
#include "policy/reader.hpp"

#include <optional>
#include <vector>

namespace nvmf::policy {

// The common part of all endpoints of a target.
struct EndpointContext {
  base::Transport transport = base::Transport::tcp;
  std::optional<std::uint16_t> trsvcid; // of those that name none: the target's, or the usual one
};

// The target's `trsvcid`, or the one that is usual for such a target; nothing for fc and loop.
std::optional<std::uint16_t> decode_target_port(Reader& reader, const MapView& target,
                                                base::Transport transport, base::Subject subject);
// The endpoints of one map that has the keys of a target's path: of the target itself, or of one of
// its `paths`. Those that could not be read are left out.
std::vector<TargetEndpoint> decode_endpoints(Reader& reader, const MapView& map, Section section,
                                             const EndpointContext& context);

} // namespace nvmf::policy
