#include "systemd/journal.hpp"

#include "base/clock.hpp"
#include "base/standard_streams.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>
#include <vector>

namespace nvmf::systemd {

namespace {

std::string entry_of(const JournalLine& line, const std::string& identifier) {
  std::vector<JournalField> fields{{"MESSAGE", line.message},
                                   {"PRIORITY", fmt::to_string(static_cast<int>(line.priority))},
                                   {"SYSLOG_IDENTIFIER", identifier}};
  if (!line.message_id.empty())
    fields.emplace_back("MESSAGE_ID", line.message_id);
  for (const auto& [name, value] : line.fields)
    if (!value.empty())
      fields.emplace_back(name, value);
  return journal_entry(fields);
}

std::string_view word_of(Priority priority) {
  switch (priority) {
  case Priority::error:
    return "error";
  case Priority::warning:
    return "warning";
  case Priority::notice:
    return "notice";
  case Priority::info:
    return "info";
  case Priority::debug:
    return "debug";
  }
  return {};
}

} // namespace

void HostJournal::write(const JournalLine& line) {
  bool const terminal = ::isatty(STDERR_FILENO) == 1;
  bool const to_journal = socket_.is_there();
  if (!to_journal || (terminal && line.priority <= Priority::warning)) {
    std::string const prefix =
        terminal ? std::string() : fmt::format("<{}>", static_cast<int>(line.priority));
    base::write_error(fmt::format("{}{}: {}\n", prefix, identifier_, line.message));
  }
  if (!to_journal)
    return;
  wait_with({.priority = line.priority, .entry = entry_of(line, identifier_)});
  (void)write_waiting();
}

void HostJournal::wait_with(Waiting line) {
  waiting_bytes_ += line.entry.size();
  waiting_.push_back(std::move(line));
  while (waiting_.size() > most_lines || (waiting_bytes_ > most_bytes && waiting_.size() > 1))
    drop_one();
}

// The least important one, the oldest of those.
void HostJournal::drop_one() {
  auto const least =
      std::max_element(waiting_.begin(), waiting_.end(),
                       [](const auto& a, const auto& b) { return a.priority < b.priority; });
  ++dropped_[least->priority];
  waiting_bytes_ -= least->entry.size();
  waiting_.erase(least);
}

bool HostJournal::write_waiting() {
  while (!waiting_.empty()) {
    auto const answer = socket_.send(waiting_.front().entry);
    if (answer == JournalSocket::Answer::later)
      return true;
    settle_first(answer);
  }
  return false;
}

void HostJournal::settle_first(JournalSocket::Answer answer) {
  if (answer == JournalSocket::Answer::refused)
    ++dropped_[waiting_.front().priority];
  waiting_bytes_ -= waiting_.front().entry.size();
  waiting_.pop_front();
  if (waiting_.empty() && !dropped_.empty())
    count_dropped();
}

void HostJournal::count_dropped() {
  std::string counts;
  for (const auto& [priority, count] : dropped_)
    counts +=
        fmt::format("{}{} of priority {}", counts.empty() ? "" : ", ", count, word_of(priority));
  dropped_.clear();
  wait_with(
      {.priority = Priority::warning,
       .entry = entry_of({.priority = Priority::warning,
                          .message_id = message::lines_dropped,
                          .message = "lines that the journal did not take were dropped: " + counts},
                         identifier_)});
}

void HostJournal::finish(base::Duration patience) {
  base::SystemClock const clock;
  base::Duration const end = clock.since_boot() + patience;
  while (write_waiting()) {
    base::Duration const rest = end - clock.since_boot();
    auto const answer = rest > base::Duration(0) ? socket_.send(waiting_.front().entry, rest)
                                                 : JournalSocket::Answer::later;
    if (answer == JournalSocket::Answer::later)
      return;
    settle_first(answer);
  }
}

} // namespace nvmf::systemd
