// The network that the firmware's tables name, for an initramfs that has none yet.
#pragma once

#include "decide/facts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::plan {

// An interface of a table by which something is reached, as this host knows it.
struct BootInterface {
  std::string link; // has the table's MAC address
  std::string name; // the same; of a VLAN `LINK.VLAN`, or `vlanVLAN` where that is too long
  firmware::Hfi hfi;
};

struct BootNetwork {
  std::vector<BootInterface> interfaces; // each once
  std::vector<std::string> missing;      // `no interface has the MAC address 00:53:00:a1:b2:c3`
  std::vector<std::string> names;        // `ifname=nbft0:00:53:00:a1:b2:c3`
};

// Interfaces of this host are found by MAC address; a VLAN need not be there yet. One whose name
// has other characters than letters, digits, `.`, `-` and `_` is missing: words and commands are
// made of it.
BootNetwork boot_network(const decide::Facts& facts);

// The same where no driver has found an interface yet, and udev has named none: they are to be
// nbft0, nbft1 and so on, or what an `ifname=` of `command_line` calls them.
BootNetwork boot_network_to_be(const std::vector<firmware::Table>& tables,
                               std::string_view command_line);

// Words of the kernel's command line as dracut.cmdline(7) has them, one a line: `ifname=`, `vlan=`,
// `ip=` and, where there are any, `rd.neednet=1`.
std::string kernel_words(const BootNetwork& network);

// Commands of ip(8), and of klibc's ipconfig for DHCP, one a line.
std::string shell_commands(const BootNetwork& network);

} // namespace nvmf::plan
