#include "yaml/yaml_cursor.hpp"

#include "yaml/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::yaml {

void YamlCursor::next_line() {
  std::size_t const end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
  line_start_ = at_;
  ++line_;
}

void YamlCursor::report_tab() {
  if (tab_line_ == line_)
    return;
  tab_line_ = line_;
  sink_
      .add(diag::Severity::warning, 106, "a tab",
           {source_, position(), {line_, position().column + 1}})
      .help = "use blanks; editors show tabs in different widths";
}

void YamlCursor::skip_blanks() {
  for (; is_blank(); advance())
    if (peek() == '\t')
      report_tab();
}

void YamlCursor::take_comment() {
  std::size_t end = std::min(text_.find('\n', at_), text_.size());
  if (end > at_ && text_[end - 1] == '\r')
    --end;
  std::string_view const before = text_.substr(line_start_, at_ - line_start_);
  comments_.push_back({.start = position(),
                       .text = text_.substr(at_, end - at_),
                       .alone = before.find_first_not_of(" \t") == std::string_view::npos});
  at_ = end;
}

// Blanks before the first character of a line. YAML forbids tabs there; before a comment or the end
// of the line they hurt nobody.
void YamlCursor::skip_indentation() {
  std::size_t const content = std::min(text_.find_first_not_of(" \t", at_), text_.size());
  std::size_t const tab = text_.substr(at_, content - at_).find('\t');
  if (tab != std::string_view::npos && content < text_.size() && text_[content] == '\n')
    report_tab();
  at_ = content;
  if (tab == std::string_view::npos || is_break() || peek() == '#')
    return;
  fail(106, "a tab in the indentation", {line_, static_cast<std::uint32_t>(tab + 1)},
       "YAML indents with blanks only");
}

void YamlCursor::skip_to_content() {
  while (!at_end()) {
    bool const separated = column() == 0 || text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t';
    if (column() == 0 && is_blank())
      skip_indentation();
    else if (is_blank())
      skip_blanks();
    else if (peek() == '#' && separated)
      take_comment();
    else if (is_break())
      next_line();
    else
      return;
  }
}

void YamlCursor::skip_over_lines() {
  while (!at_end()) {
    bool const separated = column() == 0 || text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t';
    if (is_blank())
      skip_blanks();
    else if (peek() == '#' && separated)
      take_comment();
    else if (is_break())
      next_line();
    else
      return;
  }
}

void YamlCursor::finish_line() {
  std::size_t const end = at_;
  skip_blanks();
  if (peek() == '#' && at_ > end)
    take_comment();
  if (is_break())
    return;
  if (peek() == ':')
    fail_here("a `:` cannot stand here", "check the indentation; quote a value that contains `: `");
  if (peek() == ']' || peek() == '}')
    fail_here("a bracket closes what was never opened");
  fail_here("text behind a value", "check the quotes; a value ends with its line");
}

diag::Finding& YamlCursor::report(std::uint16_t code, std::string message, diag::Position at,
                                  std::size_t length) {
  if (++mistakes_ > most_mistakes)
    throw StopParsing();
  diag::Position const end{at.line, at.column + static_cast<std::uint32_t>(length)};
  return sink_.add(code, std::move(message), {source_, at, end});
}

void YamlCursor::fail(std::uint16_t code, std::string message, diag::Position at,
                      std::string help) {
  report(code, std::move(message), at).help = std::move(help);
  throw StopParsing();
}

} // namespace nvmf::yaml
