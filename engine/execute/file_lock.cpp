#include "execute/file_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace nvmf::execute {

namespace {

base::Result<base::Fd> open_lock(const std::string& path) {
  base::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd)
    return base::errno_failure(path, errno);
  return fd;
}

} // namespace

base::Result<FileLock> FileLock::wait(const std::string& path) {
  auto fd = open_lock(path);
  if (!fd)
    return tl::unexpected(fd.error());
  if (::flock(fd->get(), LOCK_EX) != 0)
    return base::errno_failure(path, errno);
  return FileLock(std::move(*fd));
}

base::Result<std::optional<FileLock>> FileLock::attempt(const std::string& path) {
  auto fd = open_lock(path);
  if (!fd)
    return tl::unexpected(fd.error());
  if (::flock(fd->get(), LOCK_EX | LOCK_NB) == 0)
    return std::optional(FileLock(std::move(*fd)));
  if (errno == EWOULDBLOCK)
    return std::optional<FileLock>();
  return base::errno_failure(path, errno);
}

base::Result<void> FileLock::write_note(const std::string& text) {
  if (::ftruncate(fd_.get(), 0) != 0 ||
      ::pwrite(fd_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return base::errno_failure("lock", errno);
  return {};
}

bool is_held(const std::string& path) {
  base::Fd const fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::string read_lock_note(const std::string& path) {
  base::Fd const fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer;
  ssize_t const count = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : -1;
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

} // namespace nvmf::execute
