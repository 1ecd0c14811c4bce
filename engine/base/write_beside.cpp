#include "base/write_beside.hpp"

#include "base/fd.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nvmf::base {

Result<void> write_all(int fd, const std::string& shown, std::string_view content) {
  while (!content.empty()) {
    ssize_t const written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return errno_failure(shown, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_directory(const std::string& directory, const std::string& shown) {
  Fd const fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0)
    return errno_failure(shown, errno);
  return {};
}

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Result<std::string> write_beside(const std::string& target, const std::string& shown,
                                 std::string_view content, mode_t mode, Durable durable) {
  std::string temporary =
      fmt::format("{}/.{}.XXXXXX", directory_of(target), target.substr(target.rfind('/') + 1));
  Fd const fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd)
    return errno_failure(shown, errno);
  auto result = write_all(fd.get(), shown, content);
  if (result && ::fchmod(fd.get(), mode) != 0)
    result = errno_failure(shown, errno);
  if (result && durable == Durable::yes && ::fsync(fd.get()) != 0)
    result = errno_failure(shown, errno);
  if (result)
    return temporary;
  ::unlink(temporary.c_str());
  return tl::unexpected(result.error());
}

} // namespace nvmf::base
