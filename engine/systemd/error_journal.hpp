// Lines to standard error for a program that no journal listens to: in an initramfs, or by hand.
#pragma once

#include "systemd/journal.hpp"

#include <string>

namespace nvmf::systemd {

// One write a line, `<4>nvmf-policy: MESSAGE` (sd-daemon(3)), which is also what /dev/kmsg takes;
// without the priority on a terminal. Debug lines are left out.
class ErrorJournal final : public Journal {
public:
  explicit ErrorJournal(std::string identifier) : identifier_(std::move(identifier)) {}
  void write(const JournalLine& line) override;

private:
  std::string identifier_;
};

} // namespace nvmf::systemd
