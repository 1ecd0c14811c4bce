// Reading the journal back (sd-journal(3)): what the services noted there.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::systemd {

// One line of the journal with the fields that it was written with. Any process that may write to
// the journal chose them: the caller decides what to believe.
struct JournalEntry {
  std::chrono::system_clock::time_point time;
  std::map<std::string, std::string> fields;
};

// Where lines come from; an interface, so that tests say what is there.
class JournalReader {
public:
  virtual ~JournalReader() = default;

  // The newest lines that root wrote with one of these message ids, newest first, at most `limit`.
  // Fails where there is no journal or where it may not be read.
  virtual base::Result<std::vector<JournalEntry>>
  newest(std::span<const std::string_view> message_ids, std::size_t limit) = 0;
};

// The system journal of this boot; with a root, the one below it, of whichever boot.
class HostJournalReader final : public JournalReader {
public:
  explicit HostJournalReader(std::string root = {}) : root_(std::move(root)) {}
  base::Result<std::vector<JournalEntry>> newest(std::span<const std::string_view> message_ids,
                                                 std::size_t limit) override;

private:
  std::string root_;
};

} // namespace nvmf::systemd
