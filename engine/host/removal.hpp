// Why a controller went away: the kernel's log is the only one to know.
//
// Giving up (drivers/nvme/host/tcp.c, rdma.c, fc.c) says so before `Removing ctrl: NQN …` (core.c,
// nvme_do_delete_ctrl); a disconnect says only the latter.
#pragma once

#include "base/file_system.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::host {

enum class Removal : std::uint8_t {
  given_up,     // by the kernel, when ctrl-loss-tmo ran out
  disconnected, // by somebody's wish
  unknown,      // the log says nothing about it (any more)
};

// Of the last removal of `device` in `lines` (the initiator's messages, base/kernel_log.hpp, oldest
// first).
Removal last_removal(const std::vector<std::string>& lines, const std::string& device);

// The latest controller (host::incarnation_of) with that device name whose removal was dealt with,
// 0 for none. A connect that fails raises the same event as the removal of a controller: what it
// had as its device name must not be taken for a controller that had it before.
std::uint64_t last_gone(const base::FileSystem& files, const std::string& device);
// Best effort: without the note a removal may be dealt with twice. 0, unknown, is not noted.
void note_gone(base::FileSystem& files, const std::string& device, std::uint64_t incarnation);

} // namespace nvmf::host
