// Journal lines with fields (sd_journal_sendv(3), systemd.journal-fields(7)).
#pragma once

#include "systemd/message_ids.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

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
};

// The host's journal; without one, `MESSAGE` goes to standard error, with systemd's priority prefix
// if that is not a terminal. A user who runs a service's command by hand, on a terminal, sees its
// warnings and errors there as well.
class HostJournal final : public Journal {
public:
  explicit HostJournal(std::string identifier) : identifier_(std::move(identifier)) {}
  void write(const JournalLine& line) override;

private:
  std::string identifier_; // SYSLOG_IDENTIFIER: nvmf-policy, nvmf-connect
};

} // namespace nvmf::systemd
