// The text beside yaml-cpp's events. The parser gives the beginning of a node, but neither its end
// nor the text between two nodes. The margin walks over the text in step with the events and
// collects the parts that the parser drops: comments (which hold suppressions), tabs, anchors and
// tags, the ends of scalars.
#pragma once

#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nvmf::yaml {

enum class Style : std::uint8_t { block, flow }; // by indentation, in brackets

class Margin {
public:
  Margin(diag::SourcePtr source, diag::Sink& sink)
      : source_(std::move(source)), text_(source_->text), sink_(sink) {}

  bool at_end() const { return at_ >= text_.size(); }
  // The byte `ahead` of here; 0 past the end (the text has no NUL).
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool is_break(std::size_t ahead = 0) const;
  bool is_blank(std::size_t ahead = 0) const { return peek(ahead) == ' ' || peek(ahead) == '\t'; }
  // `---` or `...` at the beginning of a line.
  bool is_marker(std::string_view marker) const;
  std::size_t offset() const { return at_; }
  std::size_t column() const { return at_ - line_start_; } // from 0
  std::uint32_t line() const { return line_; }             // from 1
  diag::Position position() const { return {line_, static_cast<std::uint32_t>(column() + 1)}; }
  std::string_view rest() const { return text_.substr(at_); }

  // Within a line.
  void advance(std::size_t bytes = 1) { at_ += bytes; }
  // Over blanks, comments and line ends; a tab is a warning, once a line. False after a finding: a
  // tab in the indentation (106), which YAML forbids and yaml-cpp only sometimes sees.
  [[nodiscard]] bool skip(Style style);
  // The same up to the end of the line.
  [[nodiscard]] bool skip_in_line(Style style);
  // Over anchors and tags, each a finding (103, 104): yaml-cpp takes them. True if there was any.
  bool skip_properties();
  // Over an anchor, a tag or an alias, a finding.
  void skip_sign();
  // That what begins here may not begin here.
  void report_unexpected();

  // Over a scalar that begins here. Where it ends on its first line; nothing after a finding.
  std::optional<diag::Position> pass_plain(std::string_view value, Style style);
  // Lines that belong to it are indented to `shallowest` at least. yaml-cpp takes any, so that a
  // quote that was left open is closed by the next one, and 0.7 takes the end of the text for a
  // quote (109); and it takes `\'`, which YAML does not know (101).
  std::optional<diag::Position> pass_quoted(std::size_t shallowest);
  // `|` or `>` in a list or map that begins in column `parent`.
  std::optional<diag::Position> pass_block(std::size_t parent);

  diag::Finding& report(std::uint16_t code, std::string message, diag::Position at,
                        std::size_t length = 1);
  std::size_t mistakes() const { return mistakes_; }
  std::vector<Comment> take_comments() { return std::move(comments_); }
  const diag::SourcePtr& source() const { return source_; }
  diag::Sink& sink() { return sink_; }

private:
  void next_line();
  bool skip_blanks(Style style);
  void take_comment();

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
