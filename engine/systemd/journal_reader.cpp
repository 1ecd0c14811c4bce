#include "systemd/journal_reader.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <system_error>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <utility>

namespace nvmf::systemd {

namespace {

struct Close {
  void operator()(sd_journal* journal) const { sd_journal_close(journal); }
};
using Handle = std::unique_ptr<sd_journal, Close>;

tl::unexpected<base::Error> unreadable(int result) {
  return base::errno_failure("the journal cannot be read", -result);
}

base::Result<Handle> open_journal(const std::string& root) {
  sd_journal* journal = nullptr;
  int const result = root.empty()
                         ? sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM)
                         : sd_journal_open_directory(&journal, root.c_str(),
                                                     SD_JOURNAL_OS_ROOT | SD_JOURNAL_SYSTEM);
  if (result < 0)
    return unreadable(result);
  return Handle(journal);
}

// Opening succeeds without a single file; why there is no line is for us to find out.
std::optional<base::Error> nothing_to_read(sd_journal* journal, const std::string& root) {
  if (sd_journal_seek_tail(journal) >= 0 && sd_journal_previous(journal) > 0)
    return std::nullopt;
  std::error_code ignored;
  for (const char* directory : {"/run/log/journal", "/var/log/journal"})
    if (std::filesystem::is_directory(root + directory, ignored) &&
        !std::filesystem::is_empty(root + directory, ignored))
      return base::Error{"the journal may not be read; root and the group "
                         "systemd-journal may read it",
                         EACCES};
  return base::Error{"no journal found", ENOENT};
}

// Lines that root wrote, in this boot, with one of the ids. Matches of one field are alternatives,
// those of several fields must all hold.
int add_matches(sd_journal* journal, std::span<const std::string_view> ids, bool of_this_boot) {
  auto const add = [&](const std::string& match) {
    return sd_journal_add_match(journal, match.data(), match.size());
  };
  int result = add("_UID=0");
  for (std::string_view const id : ids)
    if (result >= 0)
      result = add(fmt::format("MESSAGE_ID={}", id));
  if (result < 0 || !of_this_boot)
    return result;
  sd_id128_t boot{};
  char text[SD_ID128_STRING_MAX];
  result = sd_id128_get_boot(&boot);
  return result < 0 ? result : add(fmt::format("_BOOT_ID={}", sd_id128_to_string(boot, text)));
}

std::map<std::string, std::string> fields_of(sd_journal* journal) {
  std::map<std::string, std::string> fields;
  const void* data = nullptr;
  std::size_t size = 0;
  sd_journal_restart_data(journal);
  while (sd_journal_enumerate_available_data(journal, &data, &size) > 0) {
    std::string_view const assignment(static_cast<const char*>(data), size);
    auto const equals = assignment.find('=');
    if (equals != std::string_view::npos)
      fields.emplace(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  return fields;
}

} // namespace

base::Result<std::vector<JournalEntry>>
HostJournalReader::newest(std::span<const std::string_view> message_ids, std::size_t limit) {
  auto const journal = open_journal(root_);
  if (!journal)
    return tl::unexpected(journal.error());
  if (auto problem = nothing_to_read(journal->get(), root_))
    return tl::unexpected(std::move(*problem));
  int result = add_matches(journal->get(), message_ids, root_.empty());
  if (result >= 0)
    result = sd_journal_seek_tail(journal->get());
  std::vector<JournalEntry> entries;
  while (result >= 0 && entries.size() < limit) {
    result = sd_journal_previous(journal->get());
    if (result <= 0)
      break;
    std::uint64_t microseconds = 0;
    result = sd_journal_get_realtime_usec(journal->get(), &microseconds);
    entries.push_back(
        {.time = std::chrono::system_clock::time_point(std::chrono::microseconds(microseconds)),
         .fields = fields_of(journal->get())});
  }
  if (result < 0)
    return unreadable(result);
  return entries;
}

} // namespace nvmf::systemd
