// Advisory locks between the processes of this project (flock(2)): they go with the process that
// holds them, however it ends. Lock files are never unlinked.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nvmf::execute {

class FileLock {
public:
  // Waits for the lock. EINTR if a signal came first: that is how a waiting writer is ended.
  static base::Result<FileLock> wait(const std::string& path);
  // Nothing if somebody else holds it.
  static base::Result<std::optional<FileLock>> attempt(const std::string& path);

  // A note for those who do not get the lock, at most 4 KiB.
  base::Result<void> write_note(const std::string& text);

private:
  explicit FileLock(base::Fd fd) : fd_(std::move(fd)) {}
  base::Fd fd_;
};

// Somebody holds the lock at this moment.
bool is_held(const std::string& path);

// The note of the holder of the lock, or of its last one.
std::string read_lock_note(const std::string& path);

} // namespace nvmf::execute
