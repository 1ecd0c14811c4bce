// The facts about this host that a plan depends on, read from the running system.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <set>
#include <string>

namespace nvmf::host {

struct GatherRequest {
  const policy::Policy* policy = nullptr; // whose identities, secrets and names are looked at
  // Where systemd put this unit's credentials ($CREDENTIALS_DIRECTORY); none: this is not a
  // service, and a credential that no store has is unknown, not missing.
  std::optional<std::string> credentials_directory;
  // Whether interfaces and addresses are those of the running kernel; `unknown` under `--root`.
  enum class Network : std::uint8_t { this_host, unknown } network = Network::this_host;
  // The options of which /dev/nvme-fabrics reports support (fabrics/); none: unknown.
  std::optional<decide::KernelOptions> kernel_options;
  // Of the controllers only this device, which may be empty: none. Unset: all of them.
  std::optional<std::string> only_controller;
};

// Everything but the facts in `request`. Facts that cannot be read are left unknown; a missing
// class of sysfs (no nvme module, no FC) is present and empty.
decide::Facts gather(const base::FileSystem& files, const GatherRequest& request);

} // namespace nvmf::host
