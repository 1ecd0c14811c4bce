#include "base/text_lines.hpp"

#include <algorithm>
#include <cstdint>

namespace nvmf::base {

namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// The first `columns` columns.
std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (starts_character(text[at]) && columns-- == 0)
      break;
  return text.substr(0, at);
}

// The last `columns` columns.
std::string_view last_columns(std::string_view text, std::size_t columns) {
  std::size_t at = text.size();
  while (at > 0 && columns > 0)
    if (starts_character(text[--at]))
      --columns;
  return text.substr(at);
}

enum class WideWord : std::uint8_t { whole, shortened };

std::string in_lines(std::string_view text, std::size_t indent, std::size_t columns,
                     WideWord wide) {
  constexpr std::size_t fewest = 8; // a shortened word that still says something
  const std::size_t room = std::max(columns, indent + fewest) - indent;
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string word = wide == WideWord::shortened ? shortened(text.substr(0, end), room)
                                                         : std::string(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const bool is_blank_behind_break = word.empty() && column == indent && !lines.empty();
    if (is_blank_behind_break) // of several blanks that a line ended at
      continue;
    if (column > indent && column + 1 + text_width(word) > columns) {
      lines.erase(lines.find_last_not_of(' ') + 1); // of several blanks
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += text_width(word);
  }
  return lines;
}

} // namespace

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (text_width(text) <= columns)
    return std::string(text);
  const std::size_t kept = std::max<std::size_t>(columns, 1) - 1;
  const std::size_t head = kept / 3;
  return std::string(first_columns(text, head)) + "…" +
         std::string(last_columns(text, kept - head));
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  return in_lines(text, indent, columns, WideWord::whole);
}

std::string fitted_words(std::string_view text, std::size_t indent, std::size_t columns) {
  return in_lines(text, indent, columns, WideWord::shortened);
}

} // namespace nvmf::base
