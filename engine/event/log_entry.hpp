// One entry of a discovery log as it came from the wire, trimmed but not trusted.
#pragma once

#include "base/words.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::event {

// Subtypes 1 to 3; everything else is `unknown` (NVMe base specification, "Discovery Log Page
// Entry").
enum class EntrySubtype : std::uint8_t { unknown, referral, nvm_subsystem, current_discovery };

inline constexpr std::uint16_t eflag_duplicate_returned_information = 1U << 0;
inline constexpr std::uint16_t eflag_explicit_persistent_connection = 1U << 1; // EPCSD
inline constexpr std::uint16_t eflag_not_connected_to_cdc = 1U << 2;           // NCC

// Texts are without their padding and otherwise byte for byte what the wire said: they may hold
// anything. `from_entry` decides whether they can be used.
struct LogEntry {
  std::uint8_t trtype = 0; // 1 rdma, 2 fc, 3 tcp, 254 loop
  std::uint8_t adrfam = 0; // 1 ipv4, 2 ipv6, 3 infiniband, 4 fc, 254 loop
  EntrySubtype subtype = EntrySubtype::unknown;
  base::SecureChannel secure_channel = base::SecureChannel::unspecified;
  bool may_disable_sqflow = false;
  std::uint16_t portid = 0;
  std::uint16_t cntlid = 0;
  std::uint16_t asqsz = 0;
  std::uint16_t eflags = 0;
  std::string trsvcid;
  std::string subnqn;
  std::string traddr;
  std::uint8_t sectype = 0; // tcp: 0 none, 1 TLS 1.2, 2 TLS 1.3 (TSAS of the TCP transport)

  bool operator==(const LogEntry&) const = default;
};

struct DiscoveryLog {
  std::uint64_t genctr = 0;
  std::uint64_t numrec = 0; // as claimed; `entries` may hold fewer
  std::vector<LogEntry> entries;
  bool truncated = false; // fewer entries were there (or wanted) than claimed

  bool operator==(const DiscoveryLog&) const = default;
};

} // namespace nvmf::event
