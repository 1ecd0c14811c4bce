#include "cli/question.hpp"

#include "cli/ending_signals.hpp"
#include "cli/terminal.hpp"

#include <algorithm>
#include <cctype>
#include <unistd.h>

namespace nvmf::cli {

namespace {

// A line without its end; nothing at the end of the input, or when a signal comes.
std::optional<std::string> read_line() {
  std::string line;
  while (!EndingSignals::came()) {
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
