#include "cli/question.hpp"

#include "cli/terminal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <unistd.h>

namespace nvmf::cli {

namespace {

volatile std::sig_atomic_t signal_came = 0;

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};

void note_signal(int /*number*/) { signal_came = 1; }

// A line without its end; nothing at the end of the input, or when a signal comes.
std::optional<std::string> read_line() {
  std::string line;
  while (signal_came == 0) {
    char c = 0;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count <= 0)
      return std::nullopt; // EINTR too: only the signals that end a question come here
    if (c == '\n')
      return line;
    line += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return std::nullopt;
}

std::string trimmed(const std::string& line) {
  const auto first = line.find_first_not_of(" \t\r");
  const auto last = line.find_last_not_of(" \t\r");
  return first == std::string::npos ? std::string() : line.substr(first, last - first + 1);
}

} // namespace

SignalsEndQuestions::SignalsEndQuestions() {
  signal_came = 0;
  struct sigaction action {};
  action.sa_handler = note_signal; // without SA_RESTART: a read that waits is to end
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    ::sigaction(ending_signals[i], &action, &before_[i]);
}

SignalsEndQuestions::~SignalsEndQuestions() {
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    ::sigaction(ending_signals[i], &before_[i], nullptr);
}

bool can_ask() { return ::isatty(STDIN_FILENO) == 1; }

std::optional<std::size_t> ask(const std::string& question, const std::vector<std::string>& words) {
  for (;;) {
    output_was_written(); // what was printed comes before the question
    print_error(question);
    const auto line = read_line();
    if (!line) {
      print_error("\n");
      return std::nullopt;
    }
    const std::string answer = trimmed(*line);
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
      return !answer.empty() && word.starts_with(answer);
    });
    if (found != words.end())
      return static_cast<std::size_t>(found - words.begin());
  }
}

} // namespace nvmf::cli
