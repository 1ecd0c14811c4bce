#include "execute/crash_mark.hpp"

#include "base/fd.hpp"
#include "plan/id.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace nvmf::execute {

namespace {

constexpr std::size_t page_size = 4096;
constexpr std::size_t id_size = 16;

} // namespace

CrashMark::CrashMark(const std::string& path) {
  base::Fd const file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file || ::ftruncate(file.get(), page_size) != 0)
    return;
  // A page that the file system has no room for would be a SIGBUS when it is written.
  if (::posix_fallocate(file.get(), 0, page_size) != 0)
    return;
  void* const page = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (page ==
      MAP_FAILED) // NOLINT(cppcoreguidelines-pro-type-cstyle-cast,performance-no-int-to-ptr)
    return;
  page_ = static_cast<char*>(page);
  if (std::string_view const named(page_, id_size); plan::is_id(named))
    culprit_ = std::string(named);
  std::fill_n(page_, id_size, '\0');
}

CrashMark::~CrashMark() {
  if (page_ != nullptr)
    ::munmap(page_, page_size);
}

CrashMark::Handling::Handling(CrashMark& mark, std::string_view id) : mark_(mark) {
  if (mark_.page_ != nullptr && id.size() == id_size)
    std::copy(id.begin(), id.end(), mark_.page_);
}

CrashMark::Handling::~Handling() {
  if (mark_.page_ != nullptr)
    std::fill_n(mark_.page_, id_size, '\0');
}

} // namespace nvmf::execute
