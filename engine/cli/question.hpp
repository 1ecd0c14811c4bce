// Questions to the person at the terminal.
#pragma once

#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// Until it goes out of scope SIGINT, SIGTERM and SIGHUP end the question that is open, or the next
// one, and not the program. One at a time.
class SignalsEndQuestions {
public:
  SignalsEndQuestions();
  SignalsEndQuestions(const SignalsEndQuestions&) = delete;
  SignalsEndQuestions& operator=(const SignalsEndQuestions&) = delete;
  ~SignalsEndQuestions();

private:
  struct sigaction before_[3];
};

// Somebody can answer: standard input is a terminal.
bool can_ask();

// Asks on standard error until the answer is one of the words or the beginning of one, and returns
// the word's index; nothing: the input ended, or a signal came. No two words begin alike.
std::optional<std::size_t> ask(const std::string& question, const std::vector<std::string>& words);

} // namespace nvmf::cli
