#include "base/connect_option.hpp"

#include "base/duration.hpp"

#include <array>
#include <fmt/format.h>

namespace nvmf::base {

namespace {

using enum OptionId;
constexpr TransportSet tcp_only{Transport::tcp};
constexpr TransportSet ip_based{Transport::tcp, Transport::rdma};
constexpr TransportSet not_loop{Transport::tcp, Transport::rdma, Transport::fc};
constexpr TransportSet every = TransportSet::all();
constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();

// Ranges: drivers/nvme/host/fabrics.c, nvmf_parse_options; queue-size: NVMF_MIN/MAX_QUEUE_SIZE.
constexpr std::array<ConnectOption, 19> table{{
    {dhchap_secret, "dhchap-secret", "dhchap_secret", OptionKind::secret, 0, 0, every, false, false,
     "the host's DH-HMAC-CHAP key, by reference"},
    {dhchap_ctrl_secret, "dhchap-ctrl-secret", "dhchap_ctrl_secret", OptionKind::secret, 0, 0,
     every, false, false,
     "the controller's DH-HMAC-CHAP key, by reference, for authentication both ways"},
    {nr_io_queues, "nr-io-queues", "nr_io_queues", OptionKind::count, 1, int_max, every, false,
     true, "number of I/O queues; the kernel caps it at the number of CPUs, its default"},
    {nr_write_queues, "nr-write-queues", "nr_write_queues", OptionKind::count, 1, int_max, ip_based,
     false, true, "number of extra queues for writes"},
    {nr_poll_queues, "nr-poll-queues", "nr_poll_queues", OptionKind::count, 1, int_max, ip_based,
     false, true, "number of extra queues that are polled"},
    {queue_size, "queue-size", "queue_size", OptionKind::count, 16, 1024, every, false, true,
     "entries of each I/O queue (kernel: 128)"},
    {keep_alive_tmo, "keep-alive-tmo", "keep_alive_tmo", OptionKind::seconds, 0, int_max, every,
     false, false, "keep-alive timeout (kernel: 5s, for a discovery controller none)"},
    {reconnect_delay, "reconnect-delay", "reconnect_delay", OptionKind::seconds, 1, int_max,
     not_loop, false, false, "time between the kernel's reconnect attempts (kernel: 10s)"},
    {ctrl_loss_tmo, "ctrl-loss-tmo", "ctrl_loss_tmo", OptionKind::seconds, 0, int_max, not_loop,
     true, false,
     "how long the kernel tries to reconnect before it removes the controller "
     "(kernel: 10m)"},
    {fast_io_fail_tmo, "fast-io-fail-tmo", "fast_io_fail_tmo", OptionKind::seconds, 0, int_max,
     not_loop, false, false, "how long I/O waits for a reconnect before it fails (kernel: never)"},
    {tos, "tos", "tos", OptionKind::count, 0, 255, ip_based, false, false,
     "IP type of service of the connection's packets"},
    {keyring, "keyring", "keyring", OptionKind::keyring, 0, 0, tcp_only, false, false,
     "keyring that holds the TLS keys"},
    {tls_key, "tls-key", "tls_key", OptionKind::secret, 0, 0, tcp_only, false, false,
     "the TLS pre-shared key, by reference"},
    {duplicate_connect, "duplicate-connect", "duplicate_connect", OptionKind::flag, 0, 0, every,
     false, false, "allows a second connection over the same path"},
    {disable_sqflow, "disable-sqflow", "disable_sqflow", OptionKind::flag, 0, 0, every, false,
     false, "switches submission queue flow control off"},
    {hdr_digest, "hdr-digest", "hdr_digest", OptionKind::flag, 0, 0, tcp_only, false, false,
     "protects PDU headers with a CRC-32C"},
    {data_digest, "data-digest", "data_digest", OptionKind::flag, 0, 0, tcp_only, false, false,
     "protects PDU data with a CRC-32C"},
    {tls, "tls", "tls", OptionKind::flag, 0, 0, tcp_only, false, false,
     "encrypts the connection with TLS 1.3 and a pre-shared key"},
    {concat, "concat", "concat", OptionKind::flag, 0, 0, tcp_only, false, false,
     "encrypts with a key that DH-HMAC-CHAP agreed on (secure channel concatenation)"},
}};

} // namespace

std::span<const ConnectOption> connect_options() { return table; }

const ConnectOption& connect_option(OptionId id) { return table[static_cast<std::size_t>(id)]; }

const ConnectOption* find_connect_option(std::string_view name) {
  for (const ConnectOption& option : table)
    if (option.name == name)
      return &option;
  return nullptr;
}

bool is_security_option(OptionId id) { return id == tls || id == tls_key || id == concat; }

bool is_left_out(OptionId id, Transport transport) {
  return !connect_option(id).transports.contains(transport) && !is_security_option(id);
}

std::string to_policy_text(OptionId id, const OptionValue& value) {
  if (std::holds_alternative<KernelDefault>(value))
    return "null";
  if (const auto* flag = std::get_if<bool>(&value))
    return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value))
    return *text;
  if (const auto* ref = std::get_if<SecretRef>(&value))
    return fmt::format("{{{}: {}}}", to_string(ref->kind), ref->name);
  std::int64_t const number = std::get<std::int64_t>(value);
  if (connect_option(id).kind != OptionKind::seconds)
    return std::to_string(number);
  return number < 0 ? "infinity" : format_duration(std::chrono::seconds(number));
}

} // namespace nvmf::base
