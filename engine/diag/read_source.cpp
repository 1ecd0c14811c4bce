#include "diag/read_source.hpp"

#include "base/file_system.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <unistd.h>

namespace nvmf::diag {

namespace {

constexpr std::size_t largest_input = std::size_t{16} << 20U;

base::Result<std::string> read_standard_input() {
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return base::errno_failure("standard input", errno);
    if (got == 0)
      return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > largest_input)
      return base::errno_failure("standard input", EFBIG);
  }
}

} // namespace

base::Result<SourcePtr> read_source(const std::string& path) {
  auto text = path == "-" ? read_standard_input()
                          : base::RealFileSystem({}, base::Pipes::read).read(path, largest_input);
  if (!text)
    return tl::unexpected(text.error());
  return std::make_shared<const Source>(
      Source{path == "-" ? "<standard input>" : path, std::move(*text)});
}

} // namespace nvmf::diag
