#include "fabrics/discovery_log.hpp"

#include "base/wire_text.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <optional>
#include <string>

namespace nvmf::fabrics {

namespace {

static_assert(log_unstable_code == ESTALE);

template <class Number>
Number little_endian(std::string_view bytes, std::size_t offset) {
  Number value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;)
    value = static_cast<Number>(static_cast<Number>(value << 8U) |
                                static_cast<unsigned char>(bytes[offset + i]));
  return value;
}
// Shifting a byte by eight is not defined for it: one byte is itself.
template <>
std::uint8_t little_endian<std::uint8_t>(std::string_view bytes, std::size_t offset) {
  return static_cast<unsigned char>(bytes[offset]);
}

std::string text_at(std::string_view bytes, std::size_t offset, std::size_t width) {
  return std::string(base::without_padding(bytes.substr(offset, width)));
}

event::EntrySubtype subtype_of(std::uint8_t value) {
  switch (value) {
  case 1:
    return event::EntrySubtype::referral;
  case 2:
    return event::EntrySubtype::nvm_subsystem;
  case 3:
    return event::EntrySubtype::current_discovery;
  default:
    return event::EntrySubtype::unknown;
  }
}

// TREQ bits 1:0; 3 is reserved and says nothing.
base::SecureChannel secure_channel_of(std::uint8_t treq) {
  switch (treq & 3U) {
  case 1:
    return base::SecureChannel::required;
  case 2:
    return base::SecureChannel::not_required;
  default:
    return base::SecureChannel::unspecified;
  }
}

struct Header {
  std::uint64_t genctr = 0;
  std::uint64_t numrec = 0;
};

// EPROTO: the records have a form other than the one known, 0 (NVMe Base, Discovery Log Page,
// RECFMT).
base::Result<Header> parse_header(std::string_view bytes) {
  if (auto const format = little_endian<std::uint16_t>(bytes, 16); format != 0)
    return base::failure(fmt::format("the log's record format {} is unknown; known is 0", format),
                         EPROTO);
  return Header{.genctr = little_endian<std::uint64_t>(bytes, 0),
                .numrec = little_endian<std::uint64_t>(bytes, 8)};
}

// One reading of the whole log; the controller may change it at any moment.
class Reader {
public:
  Reader(AdminDevice& device, const LogReadRequest& request) : device_(device), request_(request) {
    if (request_.clock)
      end_ = request_.clock->since_boot() + request_.time_limit;
  }

  base::Result<event::DiscoveryLog> read() {
    for (int restart = 0; restart <= max_log_restarts; ++restart) {
      auto log = read_once();
      if (!log)
        return tl::unexpected(log.error());
      if (*log)
        return std::move(**log);
    }
    return base::failure(
        fmt::format("the log changed during each of {} readings", max_log_restarts + 1),
        log_unstable_code);
  }

  // Every way out ends here: a read that clears the event, whatever came before.
  void settle() {
    if (!cleared_ && request_.event == LogPageRequest::AsyncEvent::clear)
      (void)get(0, log_header_size, LogPageRequest::AsyncEvent::clear);
  }

private:
  using AsyncEvent = LogPageRequest::AsyncEvent;

  base::Result<std::string> get(std::uint64_t offset, std::size_t length, AsyncEvent event) {
    AsyncEvent const allowed = request_.event == AsyncEvent::clear ? event : AsyncEvent::retain;
    auto bytes = device_.get_log_page(
        {.offset = offset, .length = static_cast<std::uint32_t>(length), .event = allowed});
    cleared_ = bytes.has_value() && allowed == AsyncEvent::clear;
    if (bytes && bytes->size() < length)
      return base::failure("the controller returned fewer bytes than were asked for", EPROTO);
    return bytes;
  }

  base::Result<Header> header() {
    auto bytes = get(0, log_header_size, AsyncEvent::retain);
    if (!bytes)
      return tl::unexpected(bytes.error());
    return parse_header(*bytes);
  }

  // Nothing: the generation counter moved meanwhile.
  base::Result<std::optional<event::DiscoveryLog>> read_once() {
    auto before = header();
    if (!before)
      return tl::unexpected(before.error());
    event::DiscoveryLog log{.genctr = before->genctr, .numrec = before->numrec};
    std::uint64_t const wanted = std::min<std::uint64_t>(before->numrec, request_.max_entries);
    log.truncated = wanted < before->numrec;
    for (std::uint64_t done = 0; done < wanted;) {
      if (end_ && request_.clock->since_boot() > *end_)
        return base::failure(
            fmt::format("not read to its end in {}", base::format_duration(request_.time_limit)),
            ETIME);
      auto const entries = static_cast<std::size_t>(
          std::min<std::uint64_t>(wanted - done, log_chunk_size / log_entry_size));
      bool const last = done + entries == wanted;
      auto bytes = get(log_header_size + done * log_entry_size, entries * log_entry_size,
                       last ? AsyncEvent::clear : AsyncEvent::retain);
      if (!bytes)
        return tl::unexpected(bytes.error());
      for (std::size_t i = 0; i < entries; ++i)
        log.entries.push_back(
            parse_log_entry(std::string_view(*bytes).substr(i * log_entry_size, log_entry_size)));
      done += entries;
    }
    return check_generation(std::move(log));
  }

  // The entries are one log only if the counter is unchanged. That read clears the event too: a
  // later change raises a new one.
  base::Result<std::optional<event::DiscoveryLog>> check_generation(event::DiscoveryLog log) {
    auto bytes = get(0, log_header_size, AsyncEvent::clear);
    if (!bytes)
      return tl::unexpected(bytes.error());
    auto const after = parse_header(*bytes);
    if (!after)
      return tl::unexpected(after.error());
    if (after->genctr != log.genctr || after->numrec != log.numrec)
      return std::optional<event::DiscoveryLog>();
    return std::optional(std::move(log));
  }

  AdminDevice& device_;
  LogReadRequest request_;
  std::optional<base::Duration> end_; // by the request's clock
  bool cleared_ = false;
};

} // namespace

event::LogEntry parse_log_entry(std::string_view bytes) {
  std::uint8_t const treq = little_endian<std::uint8_t>(bytes, 3);
  return {.trtype = little_endian<std::uint8_t>(bytes, 0),
          .adrfam = little_endian<std::uint8_t>(bytes, 1),
          .subtype = subtype_of(little_endian<std::uint8_t>(bytes, 2)),
          .secure_channel = secure_channel_of(treq),
          .may_disable_sqflow = (treq & 4U) != 0,
          .portid = little_endian<std::uint16_t>(bytes, 4),
          .cntlid = little_endian<std::uint16_t>(bytes, 6),
          .asqsz = little_endian<std::uint16_t>(bytes, 8),
          .eflags = little_endian<std::uint16_t>(bytes, 10),
          .trsvcid = text_at(bytes, 32, 32),
          .subnqn = text_at(bytes, 256, 256),
          .traddr = text_at(bytes, 512, 256),
          .sectype = little_endian<std::uint8_t>(bytes, 768)};
}

base::Result<event::DiscoveryLog> parse_discovery_page(std::string_view bytes) {
  if (bytes.starts_with("Discovery Log ") || bytes.find("=Discovery Log Entry") < log_header_size)
    return base::failure("this is the text of `nvme discover`: save the log with "
                         "`nvme discover -o json`",
                         EINVAL);
  if (bytes.size() < log_header_size)
    return base::failure(fmt::format("a discovery log begins with a header of {} bytes, got {}",
                                     log_header_size, bytes.size()),
                         EINVAL);
  auto const header = parse_header(bytes);
  if (!header)
    return tl::unexpected(header.error());
  event::DiscoveryLog log{.genctr = header->genctr, .numrec = header->numrec};
  std::size_t const present = (bytes.size() - log_header_size) / log_entry_size;
  auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(header->numrec, present));
  log.truncated = count < header->numrec;
  for (std::size_t i = 0; i < count; ++i)
    log.entries.push_back(
        parse_log_entry(bytes.substr(log_header_size + i * log_entry_size, log_entry_size)));
  return log;
}

base::Result<event::DiscoveryLog> parse_discovery_file(std::string_view content) {
  // A page begins with its generation counter; `{` (and blanks) as its low bytes with text all the
  // way cannot be a page, for the header's reserved bytes are NUL.
  auto const first = content.find_first_not_of(" \t\r\n");
  bool const json = first != std::string_view::npos && content[first] == '{' &&
                    content.find('\0') == std::string_view::npos;
  return json ? parse_discovery_json(content) : parse_discovery_page(content);
}

base::Result<std::uint64_t> read_generation(AdminDevice& device) {
  auto const bytes = device.get_log_page(
      {.offset = 0, .length = log_header_size, .event = LogPageRequest::AsyncEvent::retain});
  if (!bytes)
    return tl::unexpected(bytes.error());
  auto const page = parse_discovery_page(*bytes);
  if (!page)
    return tl::unexpected(page.error());
  return page->genctr;
}

base::Result<event::DiscoveryLog> read_discovery_log(AdminDevice& device,
                                                     const LogReadRequest& request) {
  Reader reader(device, request);
  auto log = reader.read();
  reader.settle();
  return log;
}

} // namespace nvmf::fabrics
