#include "fabrics/probe.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace nvmf::fabrics {

namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const base::IpAddress& address, std::uint16_t port) {
  SocketAddress result;
  if (address.family == base::IpFamily::v4) {
    sockaddr_in in{.sin_family = AF_INET, .sin_port = htons(port)};
    std::memcpy(&in.sin_addr, address.bytes.data(), 4);
    std::memcpy(&result.storage, &in, sizeof in);
    result.length = sizeof in;
    return result;
  }
  sockaddr_in6 in{.sin6_family = AF_INET6, .sin6_port = htons(port)};
  std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
  if (!address.scope.empty())
    in.sin6_scope_id = ::if_nametoindex(address.scope.c_str());
  std::memcpy(&result.storage, &in, sizeof in);
  result.length = sizeof in;
  return result;
}

base::Result<void> bind_host_side(int fd, const ProbeTarget& target) {
  if (!target.interface.empty()) {
    // As nvme-tcp does it for `host_iface`.
    if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, target.interface.c_str(),
                     static_cast<socklen_t>(target.interface.size())) != 0)
      return base::errno_failure(target.interface, errno);
  }
  if (target.source) {
    SocketAddress const source = socket_address(*target.source, 0);
    if (::bind(fd, source.get(), source.length) != 0)
      return base::errno_failure(target.source->to_string(), errno);
  }
  return {};
}

// Type 0 (ICReq), header length 128, PDU length 128, everything else (version 0, no digests, one
// R2T) zero. NVMe/TCP transport specification, "Initialize Connection Request PDU".
constexpr std::size_t icreq_size = 128;
constexpr unsigned char icresp_type = 1;

std::array<char, icreq_size> icreq() {
  std::array<char, icreq_size> pdu{};
  pdu[2] = static_cast<char>(icreq_size);
  pdu[4] = static_cast<char>(icreq_size);
  return pdu;
}

int socket_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
    return errno;
  return error;
}

} // namespace

base::Result<Probe> Probe::start(const ProbeTarget& target) {
  int const family = target.address.family == base::IpFamily::v4 ? AF_INET : AF_INET6;
  Probe probe;
  probe.depth_ = target.depth;
  probe.fd_ = base::Fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!probe.fd_)
    return base::errno_failure("socket", errno);
  // No lingering data: the target sees a connection that ends.
  int const one = 1;
  (void)::setsockopt(probe.fd_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (auto bound = bind_host_side(probe.fd_.get(), target); !bound)
    return tl::unexpected(bound.error());
  SocketAddress const address = socket_address(target.address, target.port);
  if (::connect(probe.fd_.get(), address.get(), address.length) != 0 && errno != EINPROGRESS)
    return errno == no_route_code
               ? base::failure("no route to " + target.address.to_string(), no_route_code)
               : base::errno_failure(target.address.to_string(), errno);
  return probe;
}

std::uint32_t Probe::events() const { return phase_ == Phase::connecting ? EPOLLOUT : EPOLLIN; }

base::Result<Probe::Progress> Probe::advance() {
  // Later than the start it is a router on the way that says so.
  if (int const error = socket_error(fd_.get()); error != 0)
    return base::errno_failure("probe", error == no_route_code ? EHOSTUNREACH : error);
  if (phase_ == Phase::connecting) {
    if (depth_ == ProbeTarget::Depth::handshake)
      return Progress::answered;
    auto const pdu = icreq();
    // 128 bytes always fit into the empty send buffer of a new connection.
    if (::send(fd_.get(), pdu.data(), pdu.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(pdu.size()))
      return base::errno_failure("probe", errno);
    phase_ = Phase::awaiting_icresp;
    return Progress::accepted;
  }
  std::array<char, 8> header{};
  ssize_t const count = ::recv(fd_.get(), header.data(), header.size(), MSG_PEEK);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return Progress::waiting;
  if (count < 0)
    return base::errno_failure("probe", errno);
  if (count == 0)
    return base::failure("closed the connection instead of answering", ECONNRESET);
  if (static_cast<unsigned char>(header[0]) != icresp_type)
    return base::failure("the answer is not NVMe/TCP", EPROTO);
  return Progress::answered;
}

static_assert(probe_silent_code == ETIME);
static_assert(no_route_code == ENETUNREACH);

base::Error Probe::timed_out() const {
  if (phase_ == Phase::connecting)
    return {.message = "no answer", .code = ETIMEDOUT};
  return {.message = "accepts connections but does not answer", .code = probe_silent_code};
}

} // namespace nvmf::fabrics
