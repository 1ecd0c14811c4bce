#include "fabrics/kernel_log.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>

namespace nvmf::fabrics {

namespace {

constexpr std::size_t most_lines = 64;
constexpr std::size_t record_size = 8192; // CONSOLE_EXT_LOG_MAX

} // namespace

KernelLog KernelLog::from_now(const std::string& path) {
  KernelLog log;
  log.fd_ = base::Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (log.fd_)
    ::lseek(log.fd_.get(), 0, SEEK_END);
  return log;
}

std::vector<std::string> KernelLog::nvme_lines() {
  std::vector<std::string> lines;
  std::array<char, record_size> buffer;
  while (fd_ && lines.size() < most_lines) {
    ssize_t const count = ::read(fd_.get(), buffer.data(), buffer.size());
    // EPIPE: lines were overwritten before they were read; the next read goes on.
    if (count < 0 && (errno == EPIPE || errno == EINTR))
      continue;
    if (count <= 0)
      break;
    std::string text = nvme_message({buffer.data(), static_cast<std::size_t>(count)});
    if (!text.empty())
      lines.push_back(std::move(text));
  }
  return lines;
}

std::string nvme_message(std::string_view record) {
  auto const begin = record.find(';');
  if (begin == std::string_view::npos)
    return {};
  std::string_view const text = record.substr(begin + 1, record.find('\n') - begin - 1);
  // `nvme nvme0: …`, `nvme_fabrics: …`, `nvme-fabrics ctl: …`; `nvmet` is the target's side.
  bool const initiator = text.starts_with("nvme") && !text.starts_with("nvmet");
  return initiator ? std::string(text) : std::string();
}

} // namespace nvmf::fabrics
