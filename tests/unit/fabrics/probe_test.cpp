// The one test that uses a socket: on the loopback, with a listener of its own.
#include "fabrics/probe.hpp"

#include "fabrics/probe_once.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

using namespace nvmf;
using fabrics::Probe;
using fabrics::ProbeTarget;

namespace {

struct Listener {
  base::Fd fd{::socket(AF_INET, SOCK_STREAM, 0)};
  std::uint16_t port = 0;

  enum class Mode { listening, closed };
  explicit Listener(Mode mode) {
    sockaddr_in address{.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (mode == Mode::listening)
      ::listen(fd.get(), 4);
    socklen_t length = sizeof address;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
  }
  base::Fd accept() const { return base::Fd(::accept(fd.get(), nullptr, nullptr)); }
};

ProbeTarget target(const Listener& listener, ProbeTarget::Depth depth) {
  return {.address = *base::IpAddress::parse("127.0.0.1"), .port = listener.port, .depth = depth};
}

base::Result<Probe::Progress> next(Probe& probe) {
  pollfd poll{.fd = probe.fd(), .events = static_cast<short>(probe.events())};
  ::poll(&poll, 1, 5000);
  return probe.advance();
}

void send_pdu(const base::Fd& connection, unsigned char type) {
  char pdu[128]{};
  pdu[0] = static_cast<char>(type);
  CHECK(::send(connection.get(), pdu, sizeof pdu, 0) == sizeof pdu);
}

} // namespace

TEST_CASE("a handshake is an answer") {
  Listener const listener(Listener::Mode::listening);
  auto probe = Probe::start(target(listener, ProbeTarget::Depth::handshake));
  REQUIRE(probe);
  CHECK(next(*probe) == Probe::Progress::answered);
}

TEST_CASE("a closed port refuses") {
  Listener const listener(Listener::Mode::closed);
  auto probe = Probe::start(target(listener, ProbeTarget::Depth::handshake));
  auto const answer = probe ? next(*probe) : tl::unexpected(probe.error());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ECONNREFUSED);
}

TEST_CASE("the host's own side is named when it is missing") {
  Listener const listener(Listener::Mode::listening);
  ProbeTarget with_source = target(listener, ProbeTarget::Depth::handshake);
  with_source.source = base::IpAddress::parse("192.0.2.77");
  CHECK(Probe::start(with_source).error().code == EADDRNOTAVAIL);
  ProbeTarget with_interface = target(listener, ProbeTarget::Depth::handshake);
  with_interface.interface = "nosuchif0";
  CHECK(Probe::start(with_interface).error().code == ENODEV);
}

TEST_CASE("ICResp distinguishes a target from one that only accepts") {
  Listener const listener(Listener::Mode::listening);
  auto probe = Probe::start(target(listener, ProbeTarget::Depth::icresp));
  REQUIRE(probe);
  CHECK(probe->timed_out().code == ETIMEDOUT);
  CHECK(next(*probe) == Probe::Progress::accepted);
  CHECK(probe->timed_out().code == fabrics::probe_silent_code);
  base::Fd const connection = listener.accept();
  char request[128];
  REQUIRE(::recv(connection.get(), request, sizeof request, MSG_WAITALL) == 128);
  CHECK(request[0] == 0);
  CHECK(request[2] == static_cast<char>(128));
  CHECK(request[4] == static_cast<char>(128));
  SUBCASE("answered") {
    send_pdu(connection, 1);
    CHECK(next(*probe) == Probe::Progress::answered);
  }
  SUBCASE("something else") {
    send_pdu(connection, 'H');
    CHECK(next(*probe).error().code == EPROTO);
  }
  SUBCASE("closed") {
    ::shutdown(connection.get(), SHUT_RDWR);
    CHECK(next(*probe).error().code == ECONNRESET);
  }
}

TEST_CASE("a probe from start to end") {
  using Depth = ProbeTarget::Depth;
  Listener const listener(Listener::Mode::listening);
  CHECK(fabrics::probe_once(target(listener, Depth::handshake), std::chrono::seconds(5)));
  Listener const closed(Listener::Mode::closed);
  auto const refused = fabrics::probe_once(target(closed, Depth::icresp), std::chrono::seconds(5));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ECONNREFUSED);
  (void)listener.accept();
  auto const ends = [&] {
    auto const connection = listener.accept(); // closed before it has answered
  };
  std::thread server(ends);
  CHECK(
      fabrics::probe_once(target(listener, Depth::icresp), std::chrono::seconds(5)).error().code ==
      ECONNRESET);
  server.join();
}
