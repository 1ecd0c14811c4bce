// The journal's socket and its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), without ever
// waiting for it: sd_journal_sendv(3) blocks for as long as the journal's queue is full, and with
// /var/log on the storage that is to be connected here, that is for ever.
#pragma once

#include "base/duration.hpp"
#include "base/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nvmf::systemd {

inline constexpr const char* journal_socket_path = "/run/systemd/journal/socket";

using JournalField = std::pair<std::string, std::string>; // its name and value

// One entry. No value can add a field: those with a newline are written with their length.
std::string journal_entry(const std::vector<JournalField>& fields);

class JournalSocket {
public:
  explicit JournalSocket(std::string path) : path_(std::move(path)) {}

  bool is_there() const;

  enum class Answer : std::uint8_t {
    taken,
    later,   // its queue is full, or the journal is being started
    refused, // this entry will not be taken
  };
  // Waits for at most `patience`. An entry that is too long for a datagram is passed in a file.
  Answer send(std::string_view entry, base::Duration patience = {});

private:
  bool open();

  std::string path_;
  base::Fd fd_;
};

} // namespace nvmf::systemd
