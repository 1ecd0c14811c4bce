// The file system below `--root`, as an interface, so that tests need no real /etc, /sys or /run.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace nvmf::base {

enum class FileType : std::uint8_t { regular, directory, symlink, other };

struct FileStatus {
  FileType type = FileType::regular;
  std::uint64_t size = 0;
  uid_t owner = 0;
  mode_t mode = 0; // permission bits only
  std::uint64_t inode = 0;
  std::chrono::system_clock::time_point modified{};
};

struct DirectoryEntry {
  std::string name;
  std::uint64_t inode = 0; // of the entry itself: a symbolic link is not followed
};

// All paths are absolute as the host sees them (`/etc/nvmf/autoconnect.yaml`); the implementation
// puts its root before them. Errors carry errno; ENOENT is the usual one.
class FileSystem {
public:
  virtual ~FileSystem() = default;

  // The whole content; EFBIG if it is longer than `limit` bytes. Follows symbolic links.
  virtual Result<std::string> read(const std::string& path, std::size_t limit) const = 0;
  // The entries of a directory, in any order, without `.` and `..`.
  virtual Result<std::vector<DirectoryEntry>> entries(const std::string& path) const = 0;
  // Status of the path itself (lstat) and of what it leads to (stat).
  virtual Result<FileStatus> status_of_link(const std::string& path) const = 0;
  virtual Result<FileStatus> status(const std::string& path) const = 0;
  // The text of a symbolic link.
  virtual Result<std::string> link_text(const std::string& path) const = 0;

  // Puts `content` at `path` in one step: written beside it under a name of its own, then renamed.
  // A reader sees the old content or the new, never a part. Below /var, which outlives the
  // machine's power, the content has reached the disk before it takes the name, and the name
  // thereafter.
  virtual Result<void> write_atomically(const std::string& path, std::string_view content,
                                        mode_t mode) = 0;
  // Creates the directory and its parents; fine if it is there.
  virtual Result<void> make_directories(const std::string& path, mode_t mode) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // A file, a link or an empty directory.
  virtual Result<void> remove(const std::string& path) = 0;
  // Writes to a file that exists (sysfs attributes): no creation, no truncation, one write.
  virtual Result<void> write_existing(const std::string& path, std::string_view content) = 0;

  // The names of `entries`, sorted by their bytes.
  Result<std::vector<std::string>> list(const std::string& path) const;
  // Exists, whatever it is (links are followed).
  bool exists(const std::string& path) const { return status(path).has_value(); }
};

// Whether `read` waits for the other end of a pipe.
enum class Pipes : std::uint8_t {
  refused, // EINVAL, as for a socket and a device: a program's own files are regular ones
  read,    // the user named it: `check <(…)`
};

class RealFileSystem final : public FileSystem {
public:
  // `root` is put before each path; empty for the host itself.
  explicit RealFileSystem(std::string root = {}, Pipes pipes = Pipes::refused)
      : root_(std::move(root)), pipes_(pipes) {}

  Result<std::string> read(const std::string& path, std::size_t limit) const override;
  Result<std::vector<DirectoryEntry>> entries(const std::string& path) const override;
  Result<FileStatus> status_of_link(const std::string& path) const override;
  Result<FileStatus> status(const std::string& path) const override;
  Result<std::string> link_text(const std::string& path) const override;
  Result<void> write_atomically(const std::string& path, std::string_view content,
                                mode_t mode) override;
  Result<void> make_directories(const std::string& path, mode_t mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> write_existing(const std::string& path, std::string_view content) override;

  // Puts a whole file at `path` in one step unless something is there, be it a link that leads
  // nowhere: false. Content and name have reached the disk then.
  Result<bool> create_whole(const std::string& path, std::string_view content, mode_t mode);

  // The path as this process opens it.
  std::string resolved(const std::string& path) const { return root_ + path; }

private:
  std::string root_;
  Pipes pipes_;
};

} // namespace nvmf::base
