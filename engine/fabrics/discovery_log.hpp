// The discovery log: how it is read from a controller, and how its page (or nvme-cli's JSON of it)
// becomes entries.
//
// Text from the wire is hostile: counts lie, pages end early, text holds anything. The texts of an
// entry are trimmed of padding and otherwise kept byte for byte; whether they can be used is decided
// where the entry becomes an event.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/log_entry.hpp"
#include "fabrics/fabrics_port.hpp"

#include <cstdint>
#include <string_view>

namespace nvmf::fabrics {

inline constexpr std::size_t log_header_size = 1024;
inline constexpr std::size_t log_entry_size = 1024;
inline constexpr std::size_t log_chunk_size = 4096;
// More restarts than this and the log is called unstable (KERNEL: libnvme's default is 10).
inline constexpr int max_log_restarts = 10;

// One entry of 1024 bytes (NVMe base specification, "Discovery Log Page Entry").
event::LogEntry parse_log_entry(std::string_view bytes);

// A whole page as read with offset 0: header, then entries. Fewer bytes than `numrec` claims give
// the entries that are there and `truncated`. Fails if there is no header.
base::Result<event::DiscoveryLog> parse_discovery_page(std::string_view bytes);

// The output of `nvme discover -o json` (`{"genctr": …, "records": […]}`). Fails on text that is
// not such JSON, naming the record and the key.
base::Result<event::DiscoveryLog> parse_discovery_json(std::string_view text);

// Either, recognised by content.
base::Result<event::DiscoveryLog> parse_discovery_file(std::string_view content);

struct LogReadRequest {
  std::uint32_t max_entries = 4096;
  // `clear`: the last read of every way out clears the asynchronous event, or the controller never
  // notifies again. `retain`: no event is consumed (dry run).
  LogPageRequest::AsyncEvent event = LogPageRequest::AsyncEvent::clear;
  // A controller that claims much and answers slowly must not keep its reader for hours: after
  // this time by `clock` the reading fails (ETIME). No clock, no limit.
  const base::Clock* clock = nullptr;
  base::Duration time_limit = std::chrono::minutes(2);
};

// Error code of a log whose generation counter moved in every one of the restarts.
inline constexpr int log_unstable_code = 116; // ESTALE

// The generation counter as it is now; consumes no event.
base::Result<std::uint64_t> read_generation(AdminDevice& device);

// Reads header, entries in commands of 4096 bytes, and the header again; starts over when genctr
// changed. At most `max_entries` entries are read, whatever numrec claims (`truncated` says so).
base::Result<event::DiscoveryLog> read_discovery_log(AdminDevice& device,
                                                     const LogReadRequest& request);

} // namespace nvmf::fabrics
