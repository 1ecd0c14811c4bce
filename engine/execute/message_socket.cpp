#include "execute/message_socket.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>

namespace nvmf::execute {

namespace {

constexpr std::size_t prefix_size = 4;

std::array<char, prefix_size> prefix_of(std::size_t length) {
  std::array<char, prefix_size> prefix;
  for (std::size_t i = 0; i < prefix_size; ++i)
    prefix[i] = static_cast<char>(length >> (8 * i));
  return prefix;
}

std::size_t length_in(const char* prefix) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < prefix_size; ++i)
    length |= std::size_t{static_cast<unsigned char>(prefix[i])} << (8 * i);
  return length;
}

} // namespace

MessageSocket::MessageSocket(base::Fd socket) : socket_(std::move(socket)) {
  int const flags = ::fcntl(socket_.get(), F_GETFL);
  if (flags < 0 || ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    broken_ = true;
}

bool MessageSocket::send(std::string_view message) {
  if (message.size() > longest_message)
    return false;
  auto const prefix = prefix_of(message.size());
  out_.append(prefix.data(), prefix.size());
  out_.append(message);
  send_waiting();
  return true;
}

void MessageSocket::send_waiting() {
  while (!broken_ && waiting() > 0) {
    ssize_t const count = ::send(socket_.get(), out_.data() + sent_, waiting(), MSG_NOSIGNAL);
    if (count >= 0)
      sent_ += static_cast<std::size_t>(count);
    else if (errno == EAGAIN)
      break;
    else if (errno != EINTR)
      broken_ = true;
  }
  if (waiting() == 0) {
    // With its memory: a large message is rare.
    out_ = std::string();
    sent_ = 0;
  }
}

void MessageSocket::receive() {
  std::array<char, std::size_t{64} << 10> buffer;
  while (!broken_) {
    ssize_t const count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count > 0)
      in_.append(buffer.data(), static_cast<std::size_t>(count));
    else if (count == 0)
      broken_ = true;
    else if (errno == EAGAIN)
      break;
    else if (errno != EINTR)
      broken_ = true;
    // One message at a time is unpacked: no more is kept than the longest.
    if (in_.size() - taken_ > longest_message + prefix_size)
      break;
  }
}

void MessageSocket::close() {
  broken_ = true;
  base::Fd const closed = std::move(socket_);
}

std::optional<std::string> MessageSocket::next_message() {
  std::size_t const there = in_.size() - taken_;
  std::size_t const length = there < prefix_size ? 0 : length_in(in_.data() + taken_);
  if (length > longest_message)
    broken_ = true;
  if (there < prefix_size || length > longest_message || there - prefix_size < length) {
    in_.erase(0, taken_);
    taken_ = 0;
    if (in_.empty())
      in_ = std::string();
    return std::nullopt;
  }
  std::string message = in_.substr(taken_ + prefix_size, length);
  taken_ += prefix_size + length;
  return message;
}

std::optional<std::pair<base::Fd, base::Fd>> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return std::nullopt;
  return std::pair(base::Fd(ends[0]), base::Fd(ends[1]));
}

} // namespace nvmf::execute
