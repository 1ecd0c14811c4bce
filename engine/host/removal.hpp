// Why a controller went away: the kernel's log is the only one to know.
//
// Giving up (drivers/nvme/host/tcp.c, rdma.c, fc.c) logs a message before `Removing ctrl: NQN …`
// (core.c, nvme_do_delete_ctrl); a disconnect logs only the latter. An absent message is not
// evidence: only a log that is whole proves a disconnect.
#pragma once

#include "base/file_system.hpp"
#include "base/kernel_log.hpp"

#include <cstdint>
#include <string>

namespace nvmf::host {

enum class Removal : std::uint8_t {
  given_up,     // by the kernel, which gave a reason
  disconnected, // without a reason of the kernel's, and the log is whole
  doubtful,     // the log cannot be read, does not have the removal, or not what came before it
};

// Of the last removal of `device` in the log.
Removal last_removal(const base::KernelHistory& log, const std::string& device);

// The latest controller (host::incarnation_of) with that device name whose removal was dealt with,
// 0 for none. A connect that fails raises the same event as the removal of a controller: it
// must not be taken for the removal of a controller that had the device name before.
std::uint64_t last_gone(const base::FileSystem& files, const std::string& device);
// Best effort: without the note a removal may be dealt with twice. 0, unknown, is not noted.
void note_gone(base::FileSystem& files, const std::string& device, std::uint64_t incarnation);

} // namespace nvmf::host
