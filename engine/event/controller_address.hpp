// The `address` attribute of a fabrics controller in sysfs:
// `traddr=…,trsvcid=…,host_traddr=…,host_iface=…,src_addr=…` (drivers/nvme/host/fabrics.c,
// nvmf_get_address; tcp adds src_addr).
#pragma once

#include "base/endpoint.hpp"

#include <optional>
#include <string_view>

namespace nvmf::event {

struct ControllerAddress {
  base::Endpoint endpoint;
  std::optional<base::Traddr> src_addr; // what the kernel chose
  bool operator==(const ControllerAddress&) const = default;
};

// Parts that are missing, `none` or do not parse are not set; unknown keys are passed over.
ControllerAddress parse_controller_address(base::Transport transport, std::string_view text);

} // namespace nvmf::event
