// The values that hold where a policy leaves something open (LANGUAGE "A rule", "retry"): the one
// table that lookup, checks, schema and manual read.
#pragma once

#include "base/duration.hpp"
#include "base/transport.hpp"
#include "policy/key_table.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvmf::policy {

// Transports on which a discovery controller stays connected.
inline constexpr base::TransportSet kept_by_default{base::Transport::tcp, base::Transport::rdma};
// How often one on tcp or rdma that does not stay is asked again; on fc and loop only when
// something happens.
inline constexpr base::Duration usual_poll = std::chrono::minutes(15);
// Keep-alive timeout in seconds of one that stays, as nvme-cli's `--persistent` sets it.
inline constexpr std::int64_t keep_alive_when_kept = 30;

// How attempts to establish a connection are repeated. The members' values are the defaults for
// what was discovered.
struct Retry {
  std::optional<std::uint32_t> attempts; // none: unlimited
  base::Duration first_delay = std::chrono::seconds(1);
  double factor = 2;
  base::Duration max_delay = std::chrono::minutes(5);
  unsigned jitter_percent = 20;
  base::Duration give_up_after = std::chrono::hours(72); // infinite_duration: never
  base::Duration slow_delay = std::chrono::minutes(5);

  bool operator==(const Retry&) const = default;
};
// The defaults for targets, which are never given up.
Retry retry_of_targets();

// Calls visit(key, member of RetrySettings, member of Retry) for each key, in the order of the
// manual.
template <class Visit>
void for_each_retry_key(Visit visit) {
  visit("attempts", &RetrySettings::attempts, &Retry::attempts);
  visit("first-delay", &RetrySettings::first_delay, &Retry::first_delay);
  visit("factor", &RetrySettings::factor, &Retry::factor);
  visit("max-delay", &RetrySettings::max_delay, &Retry::max_delay);
  visit("jitter", &RetrySettings::jitter_percent, &Retry::jitter_percent);
  visit("give-up-after", &RetrySettings::give_up_after, &Retry::give_up_after);
  visit("slow-delay", &RetrySettings::slow_delay, &Retry::slow_delay);
}

// Each key with its value as a policy writes it: `jitter`, `20%`.
std::vector<std::pair<std::string_view, std::string>> retry_texts(const Retry& retry);

// The manual's words for the value without the key: "`1s`"; empty where this table has no such key.
std::string_view default_text(Section section, std::string_view key);

} // namespace nvmf::policy
