#include "host/removal.hpp"

#include "base/fd.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <string_view>

namespace nvmf::host {

namespace {

// The text of a record `PRIORITY,SEQUENCE,TIME,FLAGS;TEXT`, without what follows its first line.
std::string_view text_of(std::string_view record) {
  auto const begin = record.find(';');
  if (begin == std::string_view::npos)
    return {};
  return record.substr(begin + 1, record.find('\n', begin) - begin - 1);
}

} // namespace

Removal last_removal(const std::vector<std::string>& lines, const std::string& device) {
  std::string const prefix = fmt::format("nvme {}: ", device);
  Removal answer = Removal::unknown;
  bool given_up = false;
  for (const std::string& line : lines) {
    if (!line.starts_with(prefix))
      continue;
    std::string_view const message = std::string_view(line).substr(prefix.size());
    if (message.starts_with("Removing controller ("))
      given_up = true;
    else if (message.starts_with("Removing ctrl:")) {
      answer = given_up ? Removal::given_up : Removal::disconnected;
      given_up = false;
    } else if (message.starts_with("new ctrl:"))
      given_up = false; // the number was given to another controller
  }
  return answer;
}

std::vector<std::string> read_kernel_messages(const std::string& path) {
  base::Fd const log(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::vector<std::string> lines;
  std::array<char, 8192> buffer; // CONSOLE_EXT_LOG_MAX
  while (log) {
    ssize_t const count = ::read(log.get(), buffer.data(), buffer.size());
    // EPIPE: records were overwritten before they were read; the next read goes on.
    if (count < 0 && (errno == EPIPE || errno == EINTR))
      continue;
    if (count <= 0)
      break;
    std::string_view const text = text_of({buffer.data(), static_cast<std::size_t>(count)});
    if (text.starts_with("nvme nvme"))
      lines.emplace_back(text);
  }
  return lines;
}

} // namespace nvmf::host
