#include "systemd/error_journal.hpp"

#include "base/standard_streams.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace nvmf::systemd {

void ErrorJournal::write(const JournalLine& line) {
  if (line.priority == Priority::debug)
    return;
  std::string const prefix = ::isatty(STDERR_FILENO) == 1
                                 ? std::string()
                                 : fmt::format("<{}>", static_cast<int>(line.priority));
  base::write_error(fmt::format("{}{}: {}\n", prefix, identifier_, line.message));
}

} // namespace nvmf::systemd
