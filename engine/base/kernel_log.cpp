#include "base/kernel_log.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace nvmf::base {

namespace {

constexpr std::size_t record_size = 8192; // CONSOLE_EXT_LOG_MAX

Fd open_log(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

} // namespace

KernelLog KernelLog::from_start(const std::string& path) { return KernelLog(open_log(path)); }

KernelLog KernelLog::from_now(const std::string& path) {
  Fd fd = open_log(path);
  if (fd)
    ::lseek(fd.get(), 0, SEEK_END);
  return KernelLog(std::move(fd));
}

std::vector<std::string> KernelLog::nvme_messages(std::size_t most) {
  std::vector<std::string> messages;
  std::array<char, record_size> buffer;
  while (fd_ && messages.size() < most) {
    ssize_t const count = ::read(fd_.get(), buffer.data(), buffer.size());
    // EPIPE: records were overwritten before they were read; the next read goes on.
    if (count < 0 && (errno == EPIPE || errno == EINTR))
      continue;
    if (count <= 0)
      break;
    std::string_view const text = nvme_message({buffer.data(), static_cast<std::size_t>(count)});
    if (!text.empty())
      messages.emplace_back(text);
  }
  return messages;
}

std::string_view nvme_message(std::string_view record) {
  auto const begin = record.find(';');
  if (begin == std::string_view::npos)
    return {};
  std::string_view const text = record.substr(begin + 1, record.find('\n', begin) - begin - 1);
  // `nvme nvme0: …`, `nvme_fabrics: …`, `nvme-fabrics ctl: …`; `nvmet` is the target's side.
  bool const is_initiator = text.starts_with("nvme") && !text.starts_with("nvmet");
  return is_initiator ? text : std::string_view();
}

} // namespace nvmf::base
