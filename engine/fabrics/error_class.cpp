#include "fabrics/error_class.hpp"

#include "base/local_trouble.hpp"
#include "base/result.hpp"
#include "base/wire_text.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

namespace nvmf::fabrics {

namespace {

struct Row {
  ErrorClass value;
  std::string_view word;
  RetryLane lane;
};

// A new class is a row here, and in `classify` what leads to it.
constexpr std::array<Row, all_error_classes.size()> classes{{
    {ErrorClass::already_connected, "already-connected", RetryLane::none},
    {ErrorClass::unreachable, "unreachable", RetryLane::fast},
    {ErrorClass::busy, "busy", RetryLane::fast},
    {ErrorClass::hung, "hung", RetryLane::slow},
    {ErrorClass::refused, "refused", RetryLane::fast},
    {ErrorClass::source_missing, "source-missing", RetryLane::source},
    {ErrorClass::port_missing, "port-missing", RetryLane::event},
    {ErrorClass::rejected, "rejected", RetryLane::slow},
    {ErrorClass::identity_conflict, "identity-conflict", RetryLane::slow},
    {ErrorClass::invalid, "invalid", RetryLane::never},
    {ErrorClass::transport_missing, "transport-missing", RetryLane::slow},
    {ErrorClass::auth, "auth", RetryLane::secret},
    {ErrorClass::secret_unavailable, "secret-unavailable", RetryLane::secret},
    {ErrorClass::tls_unavailable, "tls-unavailable", RetryLane::fast},
    {ErrorClass::log_unstable, "log-unstable", RetryLane::fast},
    {ErrorClass::log_unreadable, "log-unreadable", RetryLane::fast},
    {ErrorClass::no_device, "no-device", RetryLane::never},
    {ErrorClass::not_permitted, "not-permitted", RetryLane::never},
    {ErrorClass::local, "local", RetryLane::soon},
}};

// The kernel gives up on a target that accepts and does not answer after its own timeouts (10 s for
// ICResp, 60 s for Connect); a target that answers does it within a round trip.
constexpr base::Duration silence = std::chrono::seconds(5);

bool answered(const FailedAttempt& attempt) {
  return attempt.probe == FailedAttempt::Probe::answered;
}

// drivers/nvme/host/fabrics.c, nvmf_create_ctrl: the kernel asked for the module itself, and it did
// not come (blacklisted, or of another kernel).
constexpr std::string_view no_handler = "no handler found for transport";

bool is_transport_missing(const FailedAttempt& attempt) {
  if (attempt.code != EINVAL)
    return false;
  auto const& log = attempt.kernel_log;
  // The kernel's message counts; a driver that is built in need not be among the modules.
  if (log.empty())
    return attempt.module == FailedAttempt::Module::missing;
  return std::any_of(log.begin(), log.end(), [](const std::string& line) {
    return line.find(no_handler) != std::string::npos;
  });
}

// EIO and EAGAIN after a long silence are the target's, whatever the kernel calls it.
ErrorClass class_of(const FailedAttempt& attempt) {
  bool const silent = attempt.took >= silence;
  if (base::is_local_trouble(attempt.code))
    return ErrorClass::local;
  if (is_transport_missing(attempt))
    return ErrorClass::transport_missing;
  switch (attempt.code) {
  case EALREADY:
    return ErrorClass::already_connected;
  case EAGAIN:
    return silent ? ErrorClass::hung : ErrorClass::busy;
  case ETIMEDOUT:
    return answered(attempt) ? ErrorClass::hung : ErrorClass::unreachable;
  case ECONNREFUSED:
    return ErrorClass::refused;
  case EADDRNOTAVAIL:
  case ENODEV:
    return ErrorClass::source_missing;
  case ENOENT:
    return attempt.transport == base::Transport::fc ? ErrorClass::port_missing
                                                    : ErrorClass::no_device;
  case ENXIO:
    return ErrorClass::no_device;
  case EIO:
    return silent ? ErrorClass::hung : ErrorClass::rejected;
  case EINVAL:
  case EOPNOTSUPP:
  case E2BIG:
    return ErrorClass::invalid;
  case ENOKEY:
  case EKEYREJECTED:
  case EKEYEXPIRED:
  case EKEYREVOKED:
  case EACCES:
    return ErrorClass::auth;
  case ESRCH: // net/handshake/netlink.c, handshake_genl_notify: nobody listens
    return ErrorClass::tls_unavailable;
  case EPERM:
    return ErrorClass::not_permitted;
  case EINTR:
  case EBUSY:
    return ErrorClass::busy;
  default:
    return ErrorClass::unreachable;
  }
}

// Lines of the kernel log that say more than errno does (drivers/nvme/host/fabrics.c,
// nvmf_log_connect_error; nvmf_host_add; tcp.c; auth.c).
constexpr std::array telling{std::string_view("is not allowed, hostnqn"),
                             std::string_view("found same host"),
                             std::string_view("no valid PSK found"),
                             std::string_view("Connect Invalid"),
                             std::string_view("authentication"),
                             std::string_view("Connect command failed"),
                             std::string_view("Could not connect"),
                             std::string_view("Invalid"),
                             std::string_view("invalid"),
                             std::string_view("missing parameter"),
                             std::string_view("Controller is not"),
                             std::string_view("TLS handshake failed")};

// The kernel quotes options that it cannot use, keys among them.
bool may_quote_a_secret(const std::string& line) {
  return line.find("DHHC-1") != std::string::npos ||
         line.find("DH-CHAP secret") != std::string::npos ||
         line.find("unknown parameter") != std::string::npos;
}

std::optional<std::string> kernel_reason(std::span<const std::string> log) {
  for (std::string_view word : telling)
    for (const std::string& line : log)
      if (line.find(word) != std::string::npos && !may_quote_a_secret(line))
        return base::escaped(line);
  return std::nullopt;
}

} // namespace

std::string_view to_string(ErrorClass value) {
  return classes[static_cast<std::size_t>(value)].word;
}

std::optional<ErrorClass> parse_error_class(std::string_view text) {
  for (const Row& row : classes)
    if (row.word == text)
      return row.value;
  return std::nullopt;
}

RetryLane lane_of(ErrorClass value) { return classes[static_cast<std::size_t>(value)].lane; }

RetryLane lane_of(ErrorClass value, bool slow) {
  RetryLane const lane = lane_of(value);
  return lane == RetryLane::fast && slow ? RetryLane::slow : lane;
}

Classified classify(const FailedAttempt& attempt) {
  Classified result{.error_class = class_of(attempt)};
  if (result.error_class == ErrorClass::transport_missing)
    result.reason = fmt::format("the kernel has no module for the transport `{}`",
                                base::to_string(attempt.transport));
  else if (auto reason = kernel_reason(attempt.kernel_log))
    result.reason = *reason;
  else if (attempt.code == ESRCH)
    result.reason = "no TLS handshake service answers the kernel (tlshd of ktls-utils)";
  else
    result.reason = base::errno_text(attempt.code);
  return result;
}

} // namespace nvmf::fabrics
