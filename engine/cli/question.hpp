// Questions to the person at the terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

// Somebody can answer: standard input is a terminal.
bool can_ask();

// Asks on standard error until the answer is one of the words or the beginning of one, and returns
// the word's index; nothing: the input ended, or a signal came (EndingSignals). No two words begin
// alike.
std::optional<std::size_t> ask(const std::string& question, const std::vector<std::string>& words);

} // namespace nvmf::cli
