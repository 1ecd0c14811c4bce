#include "base/replace_file.hpp"

#include "base/write_beside.hpp"

#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace nvmf::base {

namespace {

Result<void> take_place(const std::string& beside, const std::string& path,
                        const struct stat& wanted) {
  struct stat now {};
  if (::lstat(beside.c_str(), &now) != 0)
    return errno_failure(path, errno);
  bool const is_same = now.st_uid == wanted.st_uid && now.st_gid == wanted.st_gid;
  if (!is_same && ::lchown(beside.c_str(), wanted.st_uid, wanted.st_gid) != 0)
    return errno_failure(path, errno);
  if (::rename(beside.c_str(), path.c_str()) != 0)
    return errno_failure(path, errno);
  return {};
}

} // namespace

Result<void> replace_file(const std::string& path, std::string_view content,
                          const std::string& like) {
  struct stat wanted {};
  if (::lstat(like.c_str(), &wanted) != 0)
    return errno_failure(like, errno);
  auto const beside = write_beside(path, path, content, wanted.st_mode & 07777, Durable::yes);
  if (!beside)
    return tl::unexpected(beside.error());
  if (auto placed = take_place(*beside, path, wanted); !placed) {
    ::unlink(beside->c_str());
    return placed;
  }
  return sync_directory(directory_of(path), path);
}

} // namespace nvmf::base
