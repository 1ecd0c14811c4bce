// Journal lines with fields (systemd.journal-fields(7)).
#pragma once

#include "base/duration.hpp"
#include "systemd/journal_socket.hpp"
#include "systemd/message_ids.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace nvmf::systemd {

enum class Priority : std::uint8_t { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

struct JournalLine {
  Priority priority = Priority::info;
  std::string_view message_id; // of message_ids.hpp; empty: none
  std::string message;         // one line
  // `NVMF_OUTCOME`, `NVMF_REASON`, `NVMF_RULE` …; an empty value is left out.
  std::map<std::string, std::string> fields;
};

// Where lines go; an interface, so that tests can read them.
class Journal {
public:
  virtual ~Journal() = default;
  virtual void write(const JournalLine& line) = 0;
  // Offers the lines again that could not be written yet; true if some still wait.
  virtual bool write_waiting() { return false; }
  // Writes the rest, in `patience`; lines that wait after it are lost.
  virtual void finish(base::Duration patience) { (void)patience; }
};

// The host's journal; without one, `MESSAGE` goes to standard error, with systemd's priority prefix
// if that is not a terminal. A user who runs a service's command by hand, on a terminal, sees its
// warnings and errors there as well.
//
// A write never waits. Lines that the journal does not take now wait here, a bounded number of
// them; of more than that the least important are dropped, the oldest of those first, and counted
// in a line that follows.
class HostJournal final : public Journal {
public:
  // Of lines that wait.
  static constexpr std::size_t most_lines = 1024;
  static constexpr std::size_t most_bytes = std::size_t{1} << 20U;
  // For how long a program that ends offers what waits.
  static constexpr base::Duration last_patience{200};

  // `identifier`: SYSLOG_IDENTIFIER, nvmf-policy or nvmf-connect.
  explicit HostJournal(std::string identifier, std::string socket = journal_socket_path)
      : identifier_(std::move(identifier)), socket_(std::move(socket)) {}
  HostJournal(const HostJournal&) = delete;
  HostJournal& operator=(const HostJournal&) = delete;
  ~HostJournal() override { finish(last_patience); }

  void write(const JournalLine& line) override;
  bool write_waiting() override;
  void finish(base::Duration patience) override;

private:
  struct Waiting {
    Priority priority = Priority::info;
    std::string entry;
  };
  void wait_with(Waiting line);
  void drop_one();
  void settle_first(JournalSocket::Answer answer);
  void count_dropped();

  std::string identifier_;
  JournalSocket socket_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<Priority, std::size_t> dropped_; // since the last line that counted them
};

} // namespace nvmf::systemd
