#include "load/candidate.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

namespace nvmf::load {

namespace {

base::Result<void> unchangeable(const std::string& path) {
  return base::errno_failure(path, EROFS);
}

} // namespace

base::Result<std::string> CandidateFiles::read(const std::string& path, std::size_t limit) const {
  if (path != path_)
    return files_->read(path, limit);
  if (text_.size() > limit)
    return base::failure(fmt::format("{}: longer than {} bytes", path, limit), EFBIG);
  return text_;
}

base::Result<std::vector<base::DirectoryEntry>>
CandidateFiles::entries(const std::string& path) const {
  auto found = files_->entries(path);
  if (path_.substr(0, path_.rfind('/')) != path)
    return found;
  if (!found && found.error().code != ENOENT)
    return found;
  std::vector<base::DirectoryEntry> all;
  if (found)
    all = std::move(*found);
  const std::string name = path_.substr(path_.rfind('/') + 1);
  if (std::none_of(all.begin(), all.end(), [&](const auto& entry) { return entry.name == name; }))
    all.push_back({.name = name});
  return all;
}

base::Result<base::FileStatus> CandidateFiles::status_of_link(const std::string& path) const {
  const auto found = files_->status_of_link(path);
  return path == path_ && !found ? status(path) : found;
}

base::Result<base::FileStatus> CandidateFiles::status(const std::string& path) const {
  auto found = files_->status(path);
  if (path != path_)
    return found;
  base::FileStatus status;
  if (found)
    status = *found;
  status.type = base::FileType::regular;
  status.size = text_.size();
  return status;
}

base::Result<std::string> CandidateFiles::link_text(const std::string& path) const {
  return files_->link_text(path);
}

base::Result<void> CandidateFiles::write_atomically(const std::string& path,
                                                    std::string_view /*content*/, mode_t /*mode*/) {
  return unchangeable(path);
}

base::Result<void> CandidateFiles::make_directories(const std::string& path, mode_t /*mode*/) {
  return unchangeable(path);
}

base::Result<void> CandidateFiles::rename(const std::string& from, const std::string& /*to*/) {
  return unchangeable(from);
}

base::Result<void> CandidateFiles::remove(const std::string& path) { return unchangeable(path); }

base::Result<void> CandidateFiles::write_existing(const std::string& path,
                                                  std::string_view /*content*/) {
  return unchangeable(path);
}

} // namespace nvmf::load
