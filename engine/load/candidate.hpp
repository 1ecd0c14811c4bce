// A policy with a file that is not written yet: other files of the search count as they are.
#pragma once

#include "base/file_system.hpp"

#include <string>
#include <utility>

namespace nvmf::load {

// Another file system, but for one file, which has the candidate's text: be it there already, a
// link, or not at all. Nothing can be changed through it.
class CandidateFiles final : public base::FileSystem {
public:
  // `files` must live as long.
  CandidateFiles(const base::FileSystem& files, std::string path, std::string text)
      : files_(&files), path_(std::move(path)), text_(std::move(text)) {}

  base::Result<std::string> read(const std::string& path, std::size_t limit) const override;
  base::Result<std::vector<base::DirectoryEntry>> entries(const std::string& path) const override;
  base::Result<base::FileStatus> status_of_link(const std::string& path) const override;
  base::Result<base::FileStatus> status(const std::string& path) const override;
  base::Result<std::string> link_text(const std::string& path) const override;

  // EROFS, all of them.
  base::Result<void> write_atomically(const std::string& path, std::string_view content,
                                      mode_t mode) override;
  base::Result<void> make_directories(const std::string& path, mode_t mode) override;
  base::Result<void> rename(const std::string& from, const std::string& to) override;
  base::Result<void> remove(const std::string& path) override;
  base::Result<void> write_existing(const std::string& path, std::string_view content) override;

private:
  const base::FileSystem* files_;
  std::string path_;
  std::string text_;
};

} // namespace nvmf::load
