#include "base/kernel_log.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <unistd.h>

namespace nvmf::base {

namespace {

constexpr std::size_t record_size = 8192; // CONSOLE_EXT_LOG_MAX

Fd open_log(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

struct Header {
  std::uint64_t sequence = 0;
  Duration at{};
};

// `6,1234,5678901,-;…`: priority and facility, sequence number, microseconds.
std::optional<Header> header_of(std::string_view record) {
  auto const take_number = [&record]() -> std::optional<std::uint64_t> {
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(record.data(), record.data() + record.size(), number);
    if (error != std::errc() || end == record.data() + record.size() || *end != ',')
      return std::nullopt;
    record.remove_prefix(static_cast<std::size_t>(end - record.data()) + 1);
    return number;
  };
  auto const priority = take_number();
  auto const sequence = priority ? take_number() : std::nullopt;
  auto const micros = sequence ? take_number() : std::nullopt;
  if (!micros || *micros > std::uint64_t{1} << 60U)
    return std::nullopt;
  return Header{.sequence = *sequence,
                .at = std::chrono::duration_cast<Duration>(
                    std::chrono::microseconds(static_cast<std::int64_t>(*micros)))};
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

KernelHistory KernelLog::history() {
  KernelHistory history;
  std::array<char, record_size> buffer;
  while (fd_) {
    ssize_t const count = ::read(fd_.get(), buffer.data(), buffer.size());
    if (count > 0)
      history.add({buffer.data(), static_cast<std::size_t>(count)});
    else if (count < 0 && errno == EPIPE)
      history.add_gap();
    else if (count < 0 && errno != EINTR && errno != EAGAIN) {
      history.add_gap();
      break;
    } else if (count == 0 || errno == EAGAIN)
      break;
  }
  return history;
}

void KernelHistory::add(std::string_view record) {
  auto const header = header_of(record);
  if (!header)
    return;
  if (whole_since_ && header->sequence != next_)
    add_gap();
  if (!whole_since_)
    whole_since_ = header->sequence == 0 ? Duration(0) : header->at;
  next_ = header->sequence + 1;
  if (auto const text = nvme_message(record); !text.empty())
    messages_.push_back({.text = std::string(text), .at = header->at});
}

void KernelHistory::add_gap() {
  messages_.clear();
  whole_since_.reset();
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
