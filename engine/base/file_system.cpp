#include "base/file_system.hpp"

#include "base/fd.hpp"
#include "base/write_beside.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>

namespace nvmf::base {

namespace {

// A time that the clock cannot hold, which `touch` can give a file, is the nearest one that it can.
std::chrono::system_clock::time_point time_of(const struct timespec& time) {
  using Clock = std::chrono::system_clock;
  constexpr auto latest = std::chrono::duration_cast<std::chrono::seconds>(Clock::duration::max());
  auto const seconds = std::chrono::seconds(
      std::clamp<std::int64_t>(time.tv_sec, -latest.count() + 1, latest.count() - 1));
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(
      seconds + std::chrono::nanoseconds(time.tv_nsec)));
}

FileStatus from_stat(const struct stat& raw) {
  FileStatus status{.type = FileType::other,
                    .size = static_cast<std::uint64_t>(raw.st_size),
                    .owner = raw.st_uid,
                    .mode = raw.st_mode & 07777,
                    .inode = raw.st_ino,
                    .modified = time_of(raw.st_mtim)};
  if (S_ISREG(raw.st_mode))
    status.type = FileType::regular;
  else if (S_ISDIR(raw.st_mode))
    status.type = FileType::directory;
  else if (S_ISLNK(raw.st_mode))
    status.type = FileType::symlink;
  return status;
}

constexpr std::size_t largest_chunk = 16384;
constexpr mode_t open_directory = 0755;

// The mode is what it says, whatever the umask of the service.
Result<void> make_directory(const std::string& real, mode_t mode) {
  if (::mkdir(real.c_str(), mode) == 0)
    return ::chmod(real.c_str(), mode) == 0 ? Result<void>() : errno_failure(real, errno);
  return errno == EEXIST ? Result<void>() : errno_failure(real, errno);
}

} // namespace

Result<std::string> RealFileSystem::read(const std::string& path, std::size_t limit) const {
  int const patience = pipes_ == Pipes::read ? 0 : O_NONBLOCK;
  Fd const fd(::open(resolved(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | patience));
  if (!fd)
    return errno_failure(path, errno);
  struct stat status {};
  if (pipes_ == Pipes::refused && ::fstat(fd.get(), &status) == 0 && !S_ISREG(status.st_mode) &&
      !S_ISDIR(status.st_mode))
    return failure(path + ": not a regular file", EINVAL);
  // Straight into the text that is returned, for it may be a secret, of which no copy is to remain:
  // it grows only where a file is longer than its first part.
  std::size_t const chunk = std::min(limit, largest_chunk) + 1;
  std::string content;
  std::size_t length = 0;
  for (;;) {
    if (length == content.size())
      content.resize(length + chunk);
    ssize_t const count = ::read(fd.get(), content.data() + length, content.size() - length);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno_failure(path, errno);
    length += static_cast<std::size_t>(count);
    if (length > limit)
      return failure(fmt::format("{}: longer than {} bytes", path, limit), EFBIG);
    if (count > 0)
      continue;
    content.resize(length);
    return content;
  }
}

Result<std::vector<std::string>> FileSystem::list(const std::string& path) const {
  auto found = entries(path);
  if (!found)
    return tl::unexpected(found.error());
  std::vector<std::string> names;
  names.reserve(found->size());
  for (DirectoryEntry& entry : *found)
    names.push_back(std::move(entry.name));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<DirectoryEntry>> RealFileSystem::entries(const std::string& path) const {
  std::unique_ptr<DIR, int (*)(DIR*)> const directory(::opendir(resolved(path).c_str()),
                                                      ::closedir);
  if (!directory)
    return errno_failure(path, errno);
  std::vector<DirectoryEntry> found;
  errno = 0;
  // The stream is this call's own. NOLINTNEXTLINE(concurrency-mt-unsafe)
  while (const dirent* entry = ::readdir(directory.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..")
      found.push_back({std::move(name), entry->d_ino});
  }
  if (errno != 0)
    return errno_failure(path, errno);
  return found;
}

Result<FileStatus> RealFileSystem::status_of_link(const std::string& path) const {
  struct stat raw {};
  if (::lstat(resolved(path).c_str(), &raw) != 0)
    return errno_failure(path, errno);
  return from_stat(raw);
}

Result<FileStatus> RealFileSystem::status(const std::string& path) const {
  struct stat raw {};
  if (::stat(resolved(path).c_str(), &raw) != 0)
    return errno_failure(path, errno);
  return from_stat(raw);
}

Result<std::string> RealFileSystem::link_text(const std::string& path) const {
  char buffer[4096];
  ssize_t const length = ::readlink(resolved(path).c_str(), buffer, sizeof buffer);
  if (length < 0)
    return errno_failure(path, errno);
  return std::string(buffer, static_cast<std::size_t>(length));
}

Result<void> RealFileSystem::write_atomically(const std::string& path, std::string_view content,
                                              mode_t mode) {
  std::string const target = resolved(path);
  bool const durable = path.starts_with("/var/");
  auto const beside =
      write_beside(target, path, content, mode, durable ? Durable::yes : Durable::no);
  if (!beside)
    return tl::unexpected(beside.error());
  if (::rename(beside->c_str(), target.c_str()) != 0) {
    int const error = errno;
    ::unlink(beside->c_str());
    return errno_failure(path, error);
  }
  return durable ? sync_directory(directory_of(target), path) : Result<void>();
}

Result<bool> RealFileSystem::create_whole(const std::string& path, std::string_view content,
                                          mode_t mode) {
  std::string const target = resolved(path);
  auto const beside = write_beside(target, path, content, mode, Durable::yes);
  if (!beside)
    return tl::unexpected(beside.error());
  int const error = ::link(beside->c_str(), target.c_str()) == 0 ? 0 : errno;
  ::unlink(beside->c_str());
  if (error == EEXIST)
    return false;
  if (error != 0)
    return errno_failure(path, error);
  return sync_directory(directory_of(target), path).map([] { return true; });
}

Result<void> RealFileSystem::make_directories(const std::string& path, mode_t mode) {
  std::string const whole = resolved(path);
  // Nearly always only the last is missing, or none.
  if (make_directory(whole, mode))
    return {};
  for (std::size_t end = whole.find('/', 1);; end = whole.find('/', end + 1)) {
    std::string const part = whole.substr(0, end);
    // The way there is open, however private the last one is.
    bool const is_last = end == std::string::npos;
    if (auto made = make_directory(part, is_last ? mode : open_directory); !made)
      return errno_failure(path, made.error().code);
    if (end == std::string::npos)
      return {};
  }
}

Result<void> RealFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(resolved(from).c_str(), resolved(to).c_str()) != 0)
    return errno_failure(fmt::format("{} to {}", from, to), errno);
  return {};
}

Result<void> RealFileSystem::remove(const std::string& path) {
  if (std::remove(resolved(path).c_str()) != 0)
    return errno_failure(path, errno);
  return {};
}

Result<void> RealFileSystem::write_existing(const std::string& path, std::string_view content) {
  Fd const fd(::open(resolved(path).c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd)
    return errno_failure(path, errno);
  return write_all(fd.get(), path, content);
}

} // namespace nvmf::base
