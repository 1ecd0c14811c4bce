// A file system in which chosen paths fail with an errno, and the rest is what another one has.
#pragma once

#include "base/file_system.hpp"

#include <map>
#include <utility>

namespace nvmf::test {

class FailingFiles final : public base::FileSystem {
public:
  explicit FailingFiles(base::FileSystem& files) : files_(&files) {}

  std::map<std::string, int> reads;  // path → errno, of reads, listings and looks
  std::map<std::string, int> writes; // and of everything that changes something

  base::Result<std::string> read(const std::string& path, std::size_t limit) const override {
    if (auto const failed = error_of(reads, path); failed != 0)
      return base::errno_failure(path, failed);
    return files_->read(path, limit);
  }
  base::Result<std::vector<base::DirectoryEntry>> entries(const std::string& path) const override {
    if (auto const failed = error_of(reads, path); failed != 0)
      return base::errno_failure(path, failed);
    return files_->entries(path);
  }
  base::Result<base::FileStatus> status_of_link(const std::string& path) const override {
    return files_->status_of_link(path);
  }
  base::Result<base::FileStatus> status(const std::string& path) const override {
    return files_->status(path);
  }
  base::Result<std::string> link_text(const std::string& path) const override {
    return files_->link_text(path);
  }
  base::Result<void> write_atomically(const std::string& path, std::string_view content,
                                      mode_t mode) override {
    if (auto const failed = error_of(writes, path); failed != 0)
      return base::errno_failure(path, failed);
    return files_->write_atomically(path, content, mode);
  }
  base::Result<void> make_directories(const std::string& path, mode_t mode) override {
    if (auto const failed = error_of(writes, path); failed != 0)
      return base::errno_failure(path, failed);
    return files_->make_directories(path, mode);
  }
  base::Result<void> rename(const std::string& from, const std::string& to) override {
    if (auto const failed = error_of(writes, to); failed != 0)
      return base::errno_failure(from, failed);
    return files_->rename(from, to);
  }
  base::Result<void> remove(const std::string& path) override { return files_->remove(path); }
  base::Result<void> write_existing(const std::string& path, std::string_view content) override {
    return files_->write_existing(path, content);
  }

private:
  static int error_of(const std::map<std::string, int>& errors, const std::string& path) {
    auto const found = errors.find(path);
    return found == errors.end() ? 0 : found->second;
  }

  base::FileSystem* files_;
};

} // namespace nvmf::test
