// The kernel's log while a connect was under way: for EIO and EINVAL it alone says why.
#pragma once

#include "base/fd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::fabrics {

class KernelLog {
public:
  // Stands behind the newest line of `path` (/dev/kmsg). A log that may not be read (it needs
  // CAP_SYSLOG) has no lines.
  static KernelLog from_now(const std::string& path);

  // The initiator's lines since then, without prefix, oldest first, at most 64.
  std::vector<std::string> nvme_lines();

private:
  base::Fd fd_;
};

// The message of one record of /dev/kmsg (`6,1234,5678,-;TEXT`, then continuation lines); empty if
// it is not of the NVMe initiator.
std::string nvme_message(std::string_view record);

} // namespace nvmf::fabrics
