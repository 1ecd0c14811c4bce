#include "execute/message_socket.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using nvmf::execute::MessageSocket;

namespace {

struct Ends {
  std::pair<nvmf::base::Fd, nvmf::base::Fd> fds = *nvmf::execute::socket_pair();
  int raw = fds.second.get();
  MessageSocket one{std::move(fds.first)};
};

void write_raw(int fd, const std::string& bytes) {
  REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

} // namespace

TEST_CASE("messages of any length come whole and in order, though neither end waits") {
  Ends ends;
  MessageSocket other(std::move(ends.fds.second));
  const std::vector<std::string> sent{"first", "", std::string(std::size_t{9} << 20, 'x'), "last"};
  for (const std::string& message : sent)
    CHECK(ends.one.send(message));
  // More than a socket holds.
  CHECK(ends.one.waiting() > 0);
  std::vector<std::string> received;
  for (int round = 0; round < 100000 && received.size() < sent.size(); ++round) {
    other.receive();
    while (auto message = other.next_message())
      received.push_back(std::move(*message));
    ends.one.send_waiting();
  }
  CHECK(received == sent);
  CHECK(ends.one.waiting() == 0);
  CHECK_FALSE(other.is_broken());
}

TEST_CASE("a message that is cut off by the end of the other side is none") {
  Ends ends;
  write_raw(ends.raw, std::string("\x02\0\0\0ok\x05\0\0\0hal", 13));
  ends.fds.second = nvmf::base::Fd();
  ends.one.receive();
  CHECK(ends.one.is_broken());
  CHECK(ends.one.next_message() == "ok");
  CHECK_FALSE(ends.one.next_message());
}

TEST_CASE("a length beyond every message ends the connection") {
  Ends ends;
  write_raw(ends.raw, std::string("\x01\0\0\x04", 4)); // 64 MiB and one
  ends.one.receive();
  CHECK_FALSE(ends.one.is_broken());
  CHECK_FALSE(ends.one.next_message());
  CHECK(ends.one.is_broken());
  CHECK_FALSE(ends.one.send(std::string(MessageSocket::longest_message + 1, 'x')));
}

TEST_CASE("a message to an end that is closed breaks the socket and nothing else") {
  Ends ends;
  { const nvmf::base::Fd closed = std::move(ends.fds.second); }
  CHECK(ends.one.send("nobody"));
  CHECK(ends.one.is_broken());
}

TEST_CASE("a socket that is closed is broken for both ends") {
  Ends ends;
  MessageSocket other(std::move(ends.fds.second));
  other.close();
  CHECK(other.is_broken());
  CHECK(other.fd() == -1);
  ends.one.receive();
  CHECK(ends.one.is_broken());
}

TEST_CASE("a descriptor that is not open is a broken socket") {
  CHECK(MessageSocket(nvmf::base::Fd()).is_broken());
}
