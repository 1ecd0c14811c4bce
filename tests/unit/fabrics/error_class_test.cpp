#include "fabrics/error_class.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <vector>

using namespace nvmf;
using namespace std::chrono_literals;
using fabrics::ErrorClass;
using fabrics::RetryLane;
using FailedModule = fabrics::FailedAttempt::Module;
using FailedProbe = fabrics::FailedAttempt::Probe;

TEST_CASE("each errno has its class and its lane") {
  struct Row {
    const char* name;
    fabrics::FailedAttempt attempt;
    ErrorClass expected;
    RetryLane lane;
  };
  using enum base::Transport;
  for (const Row& row : {
           Row{"the same path", {.code = EALREADY}, ErrorClass::already_connected, RetryLane::none},
           Row{"dead address",
               {.code = ETIMEDOUT, .took = 3500ms},
               ErrorClass::unreachable,
               RetryLane::fast},
           Row{"no route", {.code = ENETUNREACH}, ErrorClass::unreachable, RetryLane::fast},
           Row{"no host", {.code = EHOSTUNREACH}, ErrorClass::unreachable, RetryLane::fast},
           Row{"reset", {.code = ECONNRESET}, ErrorClass::unreachable, RetryLane::fast},
           Row{"interrupted", {.code = EINTR}, ErrorClass::busy, RetryLane::fast},
           Row{"busy", {.code = EBUSY}, ErrorClass::busy, RetryLane::fast},
           Row{"again at once", {.code = EAGAIN, .took = 10ms}, ErrorClass::busy, RetryLane::fast},
           Row{"no ICResp", {.code = EAGAIN, .took = 10s}, ErrorClass::hung, RetryLane::slow},
           Row{"silent though probed",
               {.code = ETIMEDOUT, .took = 3500ms, .probe = FailedProbe::answered},
               ErrorClass::hung,
               RetryLane::slow},
           Row{"no answer to Connect",
               {.code = EIO, .took = 60s},
               ErrorClass::hung,
               RetryLane::slow},
           Row{"nothing listens", {.code = ECONNREFUSED}, ErrorClass::refused, RetryLane::fast},
           Row{"no such source",
               {.code = EADDRNOTAVAIL},
               ErrorClass::source_missing,
               RetryLane::source},
           Row{"no such interface",
               {.code = ENODEV},
               ErrorClass::source_missing,
               RetryLane::source},
           Row{"no port pair",
               {.code = ENOENT, .transport = fc},
               ErrorClass::port_missing,
               RetryLane::event},
           Row{"no /dev/nvme-fabrics",
               {.code = ENOENT, .transport = tcp},
               ErrorClass::no_device,
               RetryLane::never},
           Row{"no such subsystem",
               {.code = EIO, .took = 20ms},
               ErrorClass::rejected,
               RetryLane::slow},
           Row{"unknown option", {.code = EINVAL}, ErrorClass::invalid, RetryLane::never},
           Row{"not supported", {.code = EOPNOTSUPP}, ErrorClass::invalid, RetryLane::never},
           Row{"no secret", {.code = ENOKEY}, ErrorClass::auth, RetryLane::secret},
           Row{"wrong secret", {.code = EKEYREJECTED}, ErrorClass::auth, RetryLane::secret},
           Row{"no access", {.code = EACCES}, ErrorClass::auth, RetryLane::secret},
           Row{"no tlshd", {.code = ESRCH}, ErrorClass::tls_unavailable, RetryLane::fast},
           Row{"not root", {.code = EPERM}, ErrorClass::not_permitted, RetryLane::never},
           Row{"no descriptors", {.code = EMFILE}, ErrorClass::local, RetryLane::soon},
           Row{"none on the host", {.code = ENFILE}, ErrorClass::local, RetryLane::soon},
           Row{"no memory", {.code = ENOMEM}, ErrorClass::local, RetryLane::soon},
           Row{"no buffers", {.code = ENOBUFS}, ErrorClass::local, RetryLane::soon},
           Row{"no locks", {.code = ENOLCK}, ErrorClass::local, RetryLane::soon},
           Row{"a full disk", {.code = ENOSPC}, ErrorClass::local, RetryLane::soon},
           Row{"a quota", {.code = EDQUOT}, ErrorClass::local, RetryLane::soon},
           Row{"a read-only disk", {.code = EROFS}, ErrorClass::local, RetryLane::soon},
           Row{"no transport module, as sysfs shows",
               {.code = EINVAL, .module = FailedModule::missing},
               ErrorClass::transport_missing,
               RetryLane::slow},
           Row{"anything else", {.code = EXDEV}, ErrorClass::unreachable, RetryLane::fast},
       }) {
    CAPTURE(row.name);
    auto const classified = fabrics::classify(row.attempt);
    CHECK(classified.error_class == row.expected);
    CHECK(fabrics::lane_of(classified.error_class) == row.lane);
  }
}

TEST_CASE("the kernel's own words are quoted where errno does not say") {
  std::vector<std::string> const log{
      "nvme nvme3: new ctrl: NQN \"nqn.x\"",
      "nvme nvme3: Connect for subsystem nqn.x is not allowed, hostnqn: nqn.h",
      "nvme nvme3: failed to connect queue: 0 ret=16772"};
  CHECK(fabrics::classify({.code = EIO, .kernel_log = log}).reason ==
        "nvme nvme3: Connect for subsystem nqn.x is not allowed, hostnqn: nqn.h");
  CHECK(fabrics::classify({.code = EIO}).reason == "Input/output error");
  std::vector<std::string> const hostile{"nvme nvme3: Connect Invalid \x1b[31m"};
  CHECK(fabrics::classify({.code = EIO, .kernel_log = hostile}).reason ==
        "nvme nvme3: Connect Invalid \\x1b[31m");
  CHECK(fabrics::classify({.code = ESRCH}).reason ==
        "no TLS handshake service answers the kernel (tlshd of ktls-utils)");
  // The text that it prints of an option may be the secret.
  for (const char* line : {"nvme_fabrics: Invalid DH-CHAP secret hunter2",
                           "nvme_fabrics: unknown parameter or missing value 'x' in ctrl creation"})
    CHECK(
        fabrics::classify({.code = EINVAL, .kernel_log = std::vector<std::string>{line}}).reason ==
        "Invalid argument");
}

TEST_CASE("a transport whose module is missing is not a wrong option") {
  std::vector<std::string> const none{"nvme_fabrics: no handler found for transport rdma."};
  std::vector<std::string> const other{"nvme_fabrics: invalid transport address"};
  fabrics::FailedAttempt attempt{
      .code = EINVAL, .transport = base::Transport::rdma, .kernel_log = none};
  CHECK(fabrics::classify(attempt).error_class == ErrorClass::transport_missing);
  CHECK(fabrics::classify(attempt).reason == "the kernel has no module for the transport `rdma`");
  // Where the kernel says what it does not take, that counts.
  attempt.kernel_log = other;
  attempt.module = FailedModule::missing;
  CHECK(fabrics::classify(attempt).error_class == ErrorClass::invalid);
  attempt.code = EIO;
  attempt.kernel_log = {};
  CHECK(fabrics::classify(attempt).error_class == ErrorClass::rejected);
}

TEST_CASE("class words go both ways") {
  for (ErrorClass each : fabrics::all_error_classes) {
    std::string_view const word = to_string(each);
    CAPTURE(word);
    CHECK_FALSE(word.empty());
    CHECK(fabrics::parse_error_class(word) == each);
  }
  CHECK_FALSE(fabrics::parse_error_class("nonsense"));
}
