// Files that exist only while one input is tried.
#pragma once

#include "base/file_system.hpp"

#include <cerrno>
#include <map>
#include <string>
#include <utility>

namespace nvmf::fuzz {

class MemoryFiles final : public base::FileSystem {
public:
  std::map<std::string, std::string> files; // path → content

  base::Result<std::string> read(const std::string& path, std::size_t limit) const override {
    auto const file = files.find(path);
    if (file == files.end())
      return base::errno_failure(path, ENOENT);
    if (file->second.size() > limit)
      return base::errno_failure(path, EFBIG);
    return file->second;
  }
  base::Result<std::vector<base::DirectoryEntry>> entries(const std::string& path) const override {
    std::vector<base::DirectoryEntry> found;
    for (auto const& [name, content] : files)
      if (name.starts_with(path + "/") && name.find('/', path.size() + 1) == std::string::npos)
        found.push_back({.name = name.substr(path.size() + 1)});
    return found;
  }
  base::Result<base::FileStatus> status_of_link(const std::string& path) const override {
    return status(path);
  }
  base::Result<base::FileStatus> status(const std::string& path) const override {
    auto const file = files.find(path);
    if (file == files.end())
      return base::errno_failure(path, ENOENT);
    return base::FileStatus{.size = file->second.size(), .mode = 0600};
  }
  base::Result<std::string> link_text(const std::string& path) const override {
    return base::errno_failure(path, EINVAL);
  }
  base::Result<void> write_atomically(const std::string& path, std::string_view content,
                                      mode_t /*mode*/) override {
    files[path] = std::string(content);
    return {};
  }
  base::Result<void> make_directories(const std::string& /*path*/, mode_t /*mode*/) override {
    return {};
  }
  base::Result<void> rename(const std::string& from, const std::string& to) override {
    auto file = files.extract(from);
    if (file.empty())
      return base::errno_failure(from, ENOENT);
    files[to] = std::move(file.mapped());
    return {};
  }
  base::Result<void> remove(const std::string& path) override {
    if (files.erase(path) == 0)
      return base::errno_failure(path, ENOENT);
    return {};
  }
  base::Result<void> write_existing(const std::string& path, std::string_view content) override {
    auto const file = files.find(path);
    if (file == files.end())
      return base::errno_failure(path, ENOENT);
    file->second = std::string(content);
    return {};
  }
};

} // namespace nvmf::fuzz
