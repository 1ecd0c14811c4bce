#include "cli/fit_text.hpp"

#include "cli/terminal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// The first `columns` columns.
std::string_view head_of(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (begins_character(text[at]) && columns-- == 0)
      break;
  return text.substr(0, at);
}

} // namespace

namespace {

// The first of several words: a reason of the language. `no-rule-matched…`, or as many of its parts
// as fit, `kernel-option-…`.
std::string first_word(std::string_view text, std::size_t columns) {
  const std::string_view word = text.substr(0, text.find(' '));
  if (word.empty() || word == text)
    return shortened(text, columns);
  const std::string_view bare = word.substr(0, word.find_last_not_of(",:;") + 1);
  if (width(bare) < columns)
    return std::string(bare) + "…";
  if (width(bare) == columns)
    return std::string(bare);
  const auto hyphen = head_of(bare, std::max<std::size_t>(columns, 1) - 1).rfind('-');
  return hyphen == std::string_view::npos ? shortened(text, columns)
                                          : std::string(bare.substr(0, hyphen + 1)) + "…";
}

} // namespace

std::string cut_behind_word(std::string_view text, std::size_t columns) {
  if (width(text) <= columns)
    return std::string(text);
  const std::string_view head = head_of(text, std::max<std::size_t>(columns, 2) - 1);
  const auto end = head.find_last_not_of(' ', head.rfind(' '));
  if (head.find(' ') == std::string_view::npos || end == std::string_view::npos)
    return first_word(text, columns);
  return std::string(head.substr(0, end + 1)) + " …";
}

std::string lines_in_window(std::string_view text, std::optional<std::size_t> columns) {
  constexpr std::size_t deeper = 4;
  std::string result;
  while (columns && !text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    result += width(line) <= *columns
                  ? std::string(line)
                  : std::string(indent, ' ') +
                        fitted_words(line.substr(indent), indent + deeper, *columns);
    text.remove_prefix(line.size());
    if (text.starts_with('\n')) {
      result += '\n';
      text.remove_prefix(1);
    }
  }
  return result + std::string(text);
}

namespace {

// Escape sequences of colours take no column.
std::size_t shown_width(std::string_view line) {
  std::size_t columns = 0;
  bool in_sequence = false;
  for (const char byte : line) {
    if (byte == '\033')
      in_sequence = true;
    else if (in_sequence)
      in_sequence = byte != 'm';
    else if (begins_character(byte))
      ++columns;
  }
  return columns;
}

} // namespace

std::string fitted(std::string_view text, std::size_t lines, std::size_t columns) {
  std::size_t taken = 0;
  std::size_t kept_lines = 0;
  std::size_t kept_bytes = 0;
  std::size_t all_lines = 0;
  bool fits = true;
  for (std::size_t at = 0; at < text.size(); ++all_lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
    taken += std::max<std::size_t>(1, (shown_width(text.substr(at, end - at)) + columns - 1) /
                                          std::max<std::size_t>(columns, 1));
    // One line for the rest, and one for the cursor.
    if (taken + 2 <= lines) {
      kept_bytes = end + 1;
      kept_lines = all_lines + 1;
    }
    fits = taken + 1 <= lines;
    at = end + 1;
  }
  if (fits)
    return std::string(text);
  const std::size_t rest = all_lines - kept_lines;
  return std::string(text.substr(0, kept_bytes)) +
         fmt::format("and {} more line{}\n", rest, rest == 1 ? "" : "s");
}

} // namespace nvmf::cli
