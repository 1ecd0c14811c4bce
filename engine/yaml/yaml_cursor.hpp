// A place in a YAML text that moves forward: lines, columns, blanks and comments.
#pragma once

#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::yaml {

// Thrown to stop reading; a finding has been added.
struct StopParsing : std::runtime_error {
  StopParsing() : std::runtime_error("stopped") {}
};

class YamlCursor {
public:
  YamlCursor(diag::SourcePtr source, diag::Sink& sink)
      : source_(std::move(source)), text_(source_->text), sink_(sink) {}

  bool at_end() const { return at_ >= text_.size(); }
  // The byte `ahead` of here; 0 past the end (the text has no NUL).
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  // A line end, or the end of the text, `ahead` of here.
  bool is_break(std::size_t ahead = 0) const {
    char const c = peek(ahead);
    return c == '\n' || c == '\0' || (c == '\r' && peek(ahead + 1) == '\n');
  }
  bool is_blank(std::size_t ahead = 0) const { return peek(ahead) == ' ' || peek(ahead) == '\t'; }
  bool is_blank_or_break(std::size_t ahead = 0) const { return is_blank(ahead) || is_break(ahead); }
  bool starts_with(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  // `---` or `...` at the beginning of a line.
  bool is_marker(std::string_view marker) const {
    return at_ == line_start_ && starts_with(marker) && is_blank_or_break(3);
  }

  std::size_t offset() const { return at_; }
  std::size_t column() const { return at_ - line_start_; } // from 0
  std::size_t line() const { return line_; }
  std::string_view text(std::size_t first, std::size_t last) const {
    return text_.substr(first, last - first);
  }
  std::string_view line_so_far() const { return text(line_start_, at_); }
  diag::Position position() const {
    return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)};
  }

  // Within a line.
  void advance(std::size_t bytes = 1) { at_ += bytes; }
  // Past the end of this line.
  void next_line();
  // Blanks of this line; a tab is reported, once a line.
  void skip_blanks();
  // Blanks, comments and line ends, up to something else or the end. Between the lines of a block a
  // tab in the indentation is an error (106); inside brackets it is not (skip_over_lines).
  void skip_to_content();
  void skip_over_lines();
  // What may stand behind a value: blanks and a comment. Reports anything else.
  void finish_line();

  // A place to come back to.
  struct Mark {
    std::size_t at = 0;
    std::size_t line_start = 0;
    std::uint32_t line = 1;
  };
  Mark mark() const { return {at_, line_start_, line_}; }
  void go_to(const Mark& mark) {
    at_ = mark.at;
    line_start_ = mark.line_start;
    line_ = mark.line;
  }

  std::vector<Comment> take_comments() { return std::move(comments_); }

  diag::Finding& report(std::uint16_t code, std::string message, diag::Position at,
                        std::size_t length = 1);
  [[noreturn]] void fail(std::uint16_t code, std::string message, diag::Position at,
                         std::string help = {});
  [[noreturn]] void fail_here(std::string message, std::string help = {}) {
    fail(101, std::move(message), position(), std::move(help));
  }
  diag::Sink& sink() { return sink_; }
  const diag::SourcePtr& source() const { return source_; }

private:
  void skip_indentation();
  void take_comment();
  void report_tab();

  diag::SourcePtr source_;
  std::string_view text_;
  diag::Sink& sink_;
  std::vector<Comment> comments_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t tab_line_ = 0; // the last line whose tab was reported
  std::size_t mistakes_ = 0;
};

} // namespace nvmf::yaml
