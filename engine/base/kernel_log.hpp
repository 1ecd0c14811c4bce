// The kernel's log as /dev/kmsg gives it, a record a read (Documentation/ABI/testing/dev-kmsg).
#pragma once

#include "base/fd.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvmf::base {

// A log that may not be read (it needs CAP_SYSLOG) has no messages.
class KernelLog {
public:
  // Before the oldest record of `path`, or behind the newest.
  static KernelLog from_start(const std::string& path = "/dev/kmsg");
  static KernelLog from_now(const std::string& path);

  // The NVMe initiator's messages from there on, oldest first, at most `most`.
  std::vector<std::string> nvme_messages(std::size_t most = std::string::npos);

private:
  explicit KernelLog(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// The message of one record (`6,1234,5678,-;TEXT`, then continuation lines); empty if it is not of
// the NVMe initiator.
std::string_view nvme_message(std::string_view record);

} // namespace nvmf::base
