#include "cli/ending_signals.hpp"

#include <array>
#include <cstddef>

namespace nvmf::cli {

namespace {

volatile std::sig_atomic_t signal_came = 0;

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};

void note_signal(int /*number*/) { signal_came = 1; }

} // namespace

EndingSignals::EndingSignals() {
  signal_came = 0;
  struct sigaction action {};
  action.sa_handler = note_signal; // without SA_RESTART: a call that waits is to end
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    ::sigaction(ending_signals[i], &action, &before_[i]);
}

EndingSignals::~EndingSignals() {
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    ::sigaction(ending_signals[i], &before_[i], nullptr);
}

bool EndingSignals::came() { return signal_came != 0; }

} // namespace nvmf::cli
