// The `address` attribute of a fabrics controller in sysfs:
// `traddr=…,trsvcid=…,host_traddr=…,host_iface=…,src_addr=…` (drivers/nvme/host/fabrics.c,
// nvmf_get_address; tcp adds src_addr).
#pragma once

#include "base/traddr.hpp"
#include "base/transport.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::event {

struct ControllerAddress {
  std::optional<base::Traddr> traddr;
  std::optional<std::uint16_t> trsvcid;
  std::optional<base::Traddr> host_traddr;
  std::string host_iface;
  std::optional<base::Traddr> src_addr;
  bool operator==(const ControllerAddress&) const = default;
};

// Parts that are missing, `none` or do not parse are not set; unknown keys are passed over.
ControllerAddress parse_controller_address(base::Transport transport, std::string_view text);

} // namespace nvmf::event
