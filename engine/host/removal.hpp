// Why a controller went away: the kernel's log is the only one to know.
//
// Giving up (drivers/nvme/host/fabrics.c, nvmf_…_reconnect_or_remove) says `Removing controller
// (<errno>)...` before `Removing ctrl: NQN …` (core.c, nvme_do_delete_ctrl); a disconnect says only
// the latter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::host {

enum class Removal : std::uint8_t {
  given_up,     // by the kernel, when ctrl-loss-tmo ran out
  disconnected, // by somebody's wish
  unknown,      // the log says nothing about it (any more)
};

// Of the last removal of `device` in `lines` (messages of the initiator, oldest first).
Removal last_removal(const std::vector<std::string>& lines, const std::string& device);

// The initiator's messages in the kernel log, oldest first; empty where it may not be read (it
// needs CAP_SYSLOG).
std::vector<std::string> read_kernel_messages(const std::string& path = "/dev/kmsg");

} // namespace nvmf::host
