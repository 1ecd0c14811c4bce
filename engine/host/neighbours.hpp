// Others on this host that make NVMe-oF connections. nvme-cli's own rules and units stand back
// while nvmf-policy.service is active; these do not.
#pragma once

#include "base/file_system.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::host {

// Services that are active now, by what systemd keeps in /run/systemd/units: `stafd`, `stacd`,
// `nvme-discoverd`.
std::vector<std::string> active_orchestrators(const base::FileSystem& files);

// A line of a file that has others connect.
struct ForeignConnect {
  std::string path;       // `/etc/udev/rules.d/70-nvmf-autoconnect.rules`
  std::uint32_t line = 0; // where the rule or the service's `Exec…=` begins
  bool operator==(const ForeignConnect&) const = default;
};

// Rules that udev reads and that run `nvme connect` or `nvme connect-all` by themselves, then the
// administrator's services that do (/etc/systemd/system), but for those under nvme-cli's names,
// which our drop-ins keep back. Files that another one masks or replaces are left out (udev(7),
// "RULES FILES"), and so are those that cannot be read.
std::vector<ForeignConnect> foreign_connects(const base::FileSystem& files);

} // namespace nvmf::host
