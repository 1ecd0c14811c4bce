#include "systemd/journal_socket.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace nvmf::systemd {

namespace {

// Eight bytes, the lowest first.
void append_length(std::string& entry, std::uint64_t length) {
  constexpr unsigned byte_bits = 8;
  for (unsigned byte = 0; byte < sizeof length; ++byte)
    entry += static_cast<char>(length >> (byte * byte_bits));
}

// Sealed, or the journal would not read it.
base::Fd file_of(std::string_view entry) {
  base::Fd file(::memfd_create("journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  while (file && !entry.empty()) {
    ssize_t const count = ::write(file.get(), entry.data(), entry.size());
    if (count < 0)
      return {};
    entry.remove_prefix(static_cast<std::size_t>(count));
  }
  if (file)
    ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return file;
}

JournalSocket::Answer answer_of(int code) {
  switch (code) {
  case EAGAIN:
  case EINTR:
  case ENOBUFS:
  case ENOMEM:
  case ENOENT:
  case ECONNREFUSED:
    return JournalSocket::Answer::later;
  default:
    return JournalSocket::Answer::refused;
  }
}

} // namespace

std::string journal_entry(const std::vector<JournalField>& fields) {
  std::string entry;
  for (const auto& [name, value] : fields) {
    entry += name;
    if (value.find('\n') == std::string::npos) {
      entry += '=';
    } else {
      entry += '\n';
      append_length(entry, value.size());
    }
    entry += value;
    entry += '\n';
  }
  return entry;
}

bool JournalSocket::is_there() const { return ::access(path_.c_str(), W_OK) == 0; }

bool JournalSocket::open() {
  if (!fd_)
    fd_ = base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return static_cast<bool>(fd_);
}

JournalSocket::Answer JournalSocket::send(std::string_view entry, base::Duration patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path)
    return Answer::refused;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  if (!open())
    return Answer::later;
  iovec piece{.iov_base = const_cast<char*>(entry.data()), .iov_len = entry.size()};
  msghdr message{};
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  int flags = MSG_NOSIGNAL;
  if (patience <= base::Duration(0)) {
    flags |= MSG_DONTWAIT;
  } else {
    auto const micros = std::chrono::duration_cast<std::chrono::microseconds>(patience).count();
    constexpr std::int64_t micros_in_second = 1'000'000;
    timeval const limit{.tv_sec = micros / micros_in_second, .tv_usec = micros % micros_in_second};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  if (::sendmsg(fd_.get(), &message, flags) >= 0)
    return Answer::taken;
  if (errno != EMSGSIZE)
    return answer_of(errno);
  base::Fd const file = file_of(entry);
  if (!file)
    return Answer::later;
  int const descriptor = file.get();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
  message.msg_iov = nullptr;
  message.msg_iovlen = 0;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return ::sendmsg(fd_.get(), &message, flags) >= 0 ? Answer::taken : answer_of(errno);
}

} // namespace nvmf::systemd
