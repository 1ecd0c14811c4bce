// The options of a connection: the one table that policy, plan, schema, man page and option string
// are made from. A new option is a row here plus its tests.
#pragma once

#include "base/secret.hpp"
#include "base/transport.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace nvmf::base {

// In the order in which the option string names them (KERNEL: drivers/nvme/host/fabrics.c does not
// care; nvme-cli's order, so that strings compare).
enum class OptionId : std::uint8_t {
  dhchap_secret,
  dhchap_ctrl_secret,
  nr_io_queues,
  nr_write_queues,
  nr_poll_queues,
  queue_size,
  keep_alive_tmo,
  reconnect_delay,
  ctrl_loss_tmo,
  fast_io_fail_tmo,
  tos,
  keyring,
  tls_key,
  duplicate_connect,
  disable_sqflow,
  hdr_digest,
  data_digest,
  tls,
  concat,
};

enum class OptionKind : std::uint8_t {
  count,   // a whole number
  seconds, // written as a duration of whole seconds; the kernel gets seconds
  flag,    // true or false; written as its bare name when true
  secret,  // a SecretRef
  keyring, // name of a keyring, as keyctl(1) writes it
};

struct ConnectOption {
  OptionId id;
  std::string_view name;        // `nvme connect` long option: `nr-io-queues`
  std::string_view kernel_name; // option string: `nr_io_queues`
  OptionKind kind;
  std::int64_t minimum; // count and seconds
  std::int64_t maximum;
  TransportSet transports;
  bool takes_infinity;    // `infinity` is the kernel's -1
  bool queue_option;      // an error for a discovery controller
  std::string_view about; // one sentence, no period
};

std::span<const ConnectOption> connect_options();
const ConnectOption& connect_option(OptionId id);
const ConnectOption* find_connect_option(std::string_view name);

// `tls`, `tls-key`, `concat`: never left out, for a path that does without is not what was meant.
bool is_security_option(OptionId id);
// An option that a path of this transport does not take and that is therefore left out there.
bool is_left_out(OptionId id, Transport transport);

// The value that a policy gives an option. `KernelDefault` is `null`: written nowhere, and outer
// levels undone.
struct KernelDefault {
  bool operator==(const KernelDefault&) const = default;
};
// int64: count, or seconds (-1: infinity); bool: flag; string: keyring; SecretRef: secret.
using OptionValue = std::variant<KernelDefault, std::int64_t, bool, std::string, SecretRef>;

// As in a policy: durations with units, `infinity`, `true`, `null`; secrets as `{credential:
// NAME}`.
std::string to_policy_text(OptionId id, const OptionValue& value);

} // namespace nvmf::base
