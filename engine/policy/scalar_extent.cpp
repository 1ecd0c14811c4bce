#include "policy/scalar_extent.hpp"

#include <algorithm>

namespace nvmf::policy {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::optional<std::size_t> end_of_double_quoted(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> end_of_single_quoted(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != '\'')
      continue;
    if (i + 1 == text.size() || text[i + 1] != '\'')
      return i + 1;
    ++i;
  }
  return std::nullopt;
}

// The lines behind the header that are blank or as deep as the first one that is not.
std::size_t end_of_block(std::string_view text, std::size_t at) {
  std::size_t line = std::min(text.find('\n', at), text.size());
  std::optional<std::size_t> depth;
  while (line < text.size()) {
    std::size_t const start = line + 1;
    std::size_t const content = text.find_first_not_of(' ', start);
    std::size_t const end = std::min(text.find('\n', start), text.size());
    bool const is_blank = content == std::string_view::npos || content >= end;
    if (!is_blank && depth && content - start < *depth)
      break;
    if (!is_blank && !depth)
      depth = content - start;
    line = end;
  }
  return line;
}

// Line breaks of a plain scalar are folded in its value: walk over both.
std::size_t end_of_plain(std::string_view text, std::size_t at, std::string_view value) {
  std::size_t end = at;
  for (char const c : value) {
    if (end >= text.size())
      break;
    bool const folded = (c == ' ' || c == '\n') && text[end] != c;
    bool const is_break = c == ' ' || c == '\n' || text[end] == '\n';
    if (folded || (is_break && text[end] == '\n'))
      end = std::min(text.find_first_not_of(blanks, end), text.size());
    else
      ++end;
  }
  return end;
}

} // namespace

std::size_t behind_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '!' || text[at] == '&')) {
    at = std::min(text.find_first_of(blanks, at), text.size());
    at = std::min(text.find_first_not_of(blanks, at), text.size());
  }
  return at;
}

std::optional<ByteRange> scalar_extent(std::string_view text, std::size_t at,
                                       std::string_view value) {
  if (at >= text.size())
    return ByteRange{at, at};
  if (text.substr(at, value.size()) == value && text[at] != '"' && text[at] != '\'')
    return ByteRange{at, at + value.size()};
  std::optional<std::size_t> end;
  switch (text[at]) {
  case '"':
    end = end_of_double_quoted(text, at);
    break;
  case '\'':
    end = end_of_single_quoted(text, at);
    break;
  case '|':
  case '>':
    end = end_of_block(text, at);
    break;
  default:
    end = end_of_plain(text, at, value);
  }
  return end ? std::optional(ByteRange{at, *end}) : std::nullopt;
}

std::optional<std::size_t> unclosed_quote(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    bool const begins_word = at == 0 || blanks.find(text[at - 1]) != std::string_view::npos;
    if (text[at] == '#' && begins_word)
      at = std::min(text.find('\n', at), text.size());
    else if (text[at] == '"' || text[at] == '\'') {
      auto const end =
          text[at] == '"' ? end_of_double_quoted(text, at) : end_of_single_quoted(text, at);
      if (!end)
        return at;
      at = *end - 1;
    }
  }
  return std::nullopt;
}

} // namespace nvmf::policy
