#include "systemd/journal.hpp"

#include "base/standard_streams.hpp"

#include <fmt/format.h>
#include <sys/uio.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <vector>

namespace nvmf::systemd {

namespace {

// `NAME=value` of each field of the line; binary-safe, so that no text can add a field.
std::vector<std::string> assignments(const JournalLine& line, const std::string& identifier) {
  std::vector<std::string> all{fmt::format("MESSAGE={}", line.message),
                               fmt::format("PRIORITY={}", static_cast<int>(line.priority)),
                               fmt::format("SYSLOG_IDENTIFIER={}", identifier)};
  if (!line.message_id.empty())
    all.push_back(fmt::format("MESSAGE_ID={}", line.message_id));
  for (auto const& [name, value] : line.fields)
    if (!value.empty())
      all.push_back(fmt::format("{}={}", name, value));
  return all;
}

bool journal_is_there() { return ::access("/run/systemd/journal/socket", W_OK) == 0; }

} // namespace

void HostJournal::write(const JournalLine& line) {
  bool const terminal = ::isatty(STDERR_FILENO) == 1;
  bool const to_journal = journal_is_there();
  if (!to_journal || (terminal && line.priority <= Priority::warning)) {
    std::string const prefix =
        terminal ? std::string() : fmt::format("<{}>", static_cast<int>(line.priority));
    base::write_error(fmt::format("{}{}: {}\n", prefix, identifier_, line.message));
  }
  if (!to_journal)
    return;
  std::vector<std::string> all = assignments(line, identifier_);
  std::vector<iovec> pieces;
  for (std::string& assignment : all)
    pieces.push_back({.iov_base = assignment.data(), .iov_len = assignment.size()});
  sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size()));
}

} // namespace nvmf::systemd
