// Signals that ask the program to end, for work that must not be left half done.
#pragma once

#include <csignal>

namespace nvmf::cli {

// Until it goes out of scope SIGINT, SIGTERM and SIGHUP end no more than the system call that waits
// (EINTR), and are remembered. One at a time.
class EndingSignals {
public:
  EndingSignals();
  EndingSignals(const EndingSignals&) = delete;
  EndingSignals& operator=(const EndingSignals&) = delete;
  ~EndingSignals();

  // One of them came since the last object was made.
  static bool came();

private:
  struct sigaction before_[3];
};

} // namespace nvmf::cli
