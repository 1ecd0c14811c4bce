// The kernel's log as /dev/kmsg gives it, a record a read (Documentation/ABI/testing/dev-kmsg).
#pragma once

#include "base/duration.hpp"
#include "base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvmf::base {

// The messages of the NVMe initiator, without a gap.
class KernelHistory {
public:
  struct Message {
    std::string text;
    Duration at{}; // by the kernel's clock
    bool operator==(const Message&) const = default;
  };

  // The next record, whosever it is. One that does not follow the one before is a gap, too.
  void add(std::string_view record);
  // Records were overwritten before they were read: what came before them says nothing any more.
  void add_gap();

  // Since the last gap, oldest first.
  const std::vector<Message>& messages() const { return messages_; }
  // Nothing that was logged since then is missing. None: not one record could be read.
  const std::optional<Duration>& whole_since() const { return whole_since_; }

private:
  std::vector<Message> messages_;
  std::optional<Duration> whole_since_;
  std::uint64_t next_ = 0; // sequence number
};

// A log that may not be read (it needs CAP_SYSLOG) has no messages.
class KernelLog {
public:
  // Before the oldest record of `path`, or behind the newest.
  static KernelLog from_start(const std::string& path = "/dev/kmsg");
  static KernelLog from_now(const std::string& path);

  // The NVMe initiator's messages from there on, oldest first, at most `most`.
  std::vector<std::string> nvme_messages(std::size_t most = std::string::npos);
  // All of them with their times; a log that fails on the way is a gap.
  KernelHistory history();

private:
  explicit KernelLog(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// The message of one record (`6,1234,5678,-;TEXT`, then continuation lines); empty if it is not of
// the NVMe initiator.
std::string_view nvme_message(std::string_view record);

} // namespace nvmf::base
