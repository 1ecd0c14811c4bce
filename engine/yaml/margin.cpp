#include "yaml/margin.hpp"

#include "yaml/explain.hpp"

#include <algorithm>

namespace nvmf::yaml {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view brackets = ",[]{}"; // and what separates in them

} // namespace

bool Margin::is_break(std::size_t ahead) const {
  char const c = peek(ahead);
  return c == '\n' || c == '\0' || (c == '\r' && peek(ahead + 1) == '\n');
}

bool Margin::is_marker(std::string_view marker) const {
  return column() == 0 && rest().starts_with(marker) && (is_break(3) || is_blank(3));
}

void Margin::next_line() {
  at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
  line_start_ = at_;
  ++line_;
}

void Margin::take_comment() {
  std::size_t const end = std::min(text_.find('\n', at_), text_.size());
  std::string_view text = text_.substr(at_, end - at_);
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  std::string_view const before = text_.substr(line_start_, at_ - line_start_);
  bool const alone = before.find_first_not_of(blanks) == std::string_view::npos;
  comments_.push_back({.start = position(), .text = text, .alone = alone});
  at_ += text.size();
}

bool Margin::skip_blanks(Style style) {
  std::size_t const first = at_;
  at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
  std::size_t const tab = text_.substr(first, at_ - first).find('\t');
  if (tab == std::string_view::npos)
    return true;
  diag::Position const where{line_, static_cast<std::uint32_t>(first + tab - line_start_ + 1)};
  // A key or a value behind blanks and dashes: keys line up with it, and a tab has no width.
  std::string_view const before = text_.substr(line_start_, first - line_start_);
  bool const indents =
      before.find_first_not_of(" \t-") == std::string_view::npos && !before.starts_with("---");
  bool const before_comment = peek() == '#';
  if (indents && style == Style::block && !before_comment && !is_break()) {
    report(106, "a tab in the indentation", where).help = "YAML indents with blanks only";
    return false;
  }
  if (tab_line_ != line_ && !(before_comment && first == line_start_))
    sink_.add(diag::Severity::warning, 106, "a tab", {source_, where, {line_, where.column + 1}})
        .help = "use blanks; editors show tabs in different widths";
  tab_line_ = line_;
  return true;
}

bool Margin::skip_in_line(Style style) {
  if (is_blank() && !skip_blanks(style))
    return false;
  bool const separated = column() == 0 || blanks.find(text_[at_ - 1]) != std::string_view::npos;
  if (peek() == '#' && separated)
    take_comment();
  return true;
}

bool Margin::skip(Style style) {
  while (skip_in_line(style)) {
    if (!is_break() || at_end())
      return true;
    next_line();
  }
  return false;
}

bool Margin::skip_properties() {
  bool any = false;
  for (; peek() == '&' || peek() == '!'; any = true) {
    skip_sign();
    while (is_blank())
      ++at_;
  }
  return any;
}

void Margin::skip_sign() {
  report_unexpected();
  while (!is_break() && !is_blank() && brackets.find(peek()) == std::string_view::npos)
    ++at_;
}

void Margin::report_unexpected() {
  Mistake mistake = unexpected(text_, at_);
  diag::Finding& finding =
      report(mistake.code, std::move(mistake.message), position(), mistake.length);
  finding.help = std::move(mistake.help);
  finding.replacement = std::move(mistake.replacement);
}

// Line by line: each is in the value as it is, without blanks at its ends.
std::optional<diag::Position> Margin::pass_plain(std::string_view value, Style style) {
  diag::Position end;
  while (true) {
    std::string_view const line = rest().substr(0, rest().find('\n'));
    std::size_t const length = std::min(line.find_last_not_of(" \t\r") + 1, value.size());
    at_ += length;
    value.remove_prefix(length);
    if (end.line == 0)
      end = position();
    if (value.empty() || at_end())
      return end;
    if (!skip(style))
      return std::nullopt;
    value.remove_prefix(std::min(value.find_first_not_of(" \n"), value.size()));
  }
}

std::optional<diag::Position> Margin::pass_quoted(std::size_t shallowest) {
  diag::Position const opened = position();
  diag::Position end;
  char const quote = text_[at_++];
  while (!at_end() && (peek() != quote || (quote == '\'' && peek(1) == quote))) {
    if (!is_break()) {
      bool const pair = peek() == quote || (peek() == '\\' && quote == '"');
      if (pair && peek(1) == '\'' && quote == '"') {
        report(101, "an escape that YAML does not know", position()).help =
            "in double quotes a backslash begins an escape; use single quotes";
        return std::nullopt;
      }
      at_ += pair && !is_break(1) ? 2 : 1;
      continue;
    }
    if (end.line == 0)
      end = position();
    next_line();
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    if (!is_break() && column() < shallowest) {
      report(109, "the quote that begins here is not closed in its place", opened).help =
          "close it on its line, or indent the lines that belong to it";
      return std::nullopt;
    }
  }
  if (at_end()) {
    report(109, "the quote that begins here is never closed", opened);
    return std::nullopt;
  }
  ++at_;
  return end.line == 0 ? position() : end;
}

std::optional<diag::Position> Margin::pass_block(std::size_t parent) {
  diag::Position const end{line_, static_cast<std::uint32_t>(column() + 2)};
  std::size_t indent = 0;
  for (++at_; !is_break() && !is_blank() && peek() != '#'; ++at_)
    if (peek() >= '1' && peek() <= '9')
      indent = parent + static_cast<std::size_t>(peek() - '0');
  if (!skip_in_line(Style::block))
    return std::nullopt;
  if (!is_break()) { // a `#` without a blank
    report_unexpected();
    return std::nullopt;
  }
  // The first line that is not empty says how far its text is indented; yaml-cpp takes the longest
  // of the empty ones before it, too.
  bool found = indent > 0;
  indent = std::max(indent, parent + 1);
  for (std::size_t start = text_.find('\n', at_) + 1; start != 0 && start < text_.size();
       start = text_.find('\n', at_) + 1) {
    std::size_t const content = std::min(text_.find_first_not_of(' ', start), text_.size());
    bool const empty = content == text_.size() || text_[content] == '\n' || text_[content] == '\r';
    if (!found)
      indent = std::max(indent, content - start);
    found = found || !empty;
    if (!empty && content - start < indent)
      break;
    next_line();
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
  return end;
}

diag::Finding& Margin::report(std::uint16_t code, std::string message, diag::Position at,
                              std::size_t length) {
  ++mistakes_;
  diag::Position const end{at.line, at.column + static_cast<std::uint32_t>(length)};
  return sink_.add(code, std::move(message), {source_, at, end});
}

} // namespace nvmf::yaml
