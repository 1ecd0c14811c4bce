#include "policy/comments.hpp"

#include <algorithm>

namespace nvmf::policy {

namespace {

class LineScan {
public:
  LineScan(const diag::SourcePtr& source, const std::vector<ByteRange>& scalars, diag::Sink& sink)
      : source_(source), scalars_(scalars), sink_(sink) {}

  std::vector<Comment> run() {
    std::string_view const text = source_->text;
    for (std::size_t start = 0; start < text.size(); ++line_) {
      std::size_t const end = std::min(text.find('\n', start), text.size());
      scan_line(start, end);
      start = end + 1;
    }
    return std::move(comments_);
  }

private:
  void scan_line(std::size_t start, std::size_t end) {
    std::string_view const text = source_->text;
    bool told = false;
    if (start < end && text[start] == '%' && end_of_scalar_at(start) == start)
      report_directive(position(start, start));
    for (std::size_t at = start; at < end; ++at) {
      if (std::size_t const behind = end_of_scalar_at(at); behind > at) {
        at = behind - 1;
        continue;
      }
      if (text[at] == '\t' && !told)
        told = report_tab(position(start, at));
      bool const begins_word = at == start || text[at - 1] == ' ' || text[at - 1] == '\t';
      if (text[at] == '#' && begins_word) {
        add_comment(start, at, end);
        return;
      }
    }
  }

  // Past the end of the scalar that covers `at`; `at` itself if none does.
  std::size_t end_of_scalar_at(std::size_t at) {
    while (next_ < scalars_.size() && scalars_[next_].last <= at)
      ++next_;
    bool const covered = next_ < scalars_.size() && scalars_[next_].first <= at;
    return covered ? scalars_[next_].last : at;
  }

  diag::Position position(std::size_t start, std::size_t at) const {
    return {line_, static_cast<std::uint32_t>(at - start + 1)};
  }

  void report_directive(diag::Position at) {
    sink_.add(101, "a YAML directive (`%…`)", {source_, at, {at.line, at.column + 1}}).help =
        "take the line out";
  }

  bool report_tab(diag::Position at) {
    sink_.add(diag::Severity::warning, 106, "a tab", {source_, at, {at.line, at.column + 1}}).help =
        "use blanks; editors show tabs in different widths";
    return true;
  }

  void add_comment(std::size_t start, std::size_t at, std::size_t end) {
    std::string_view text = std::string_view(source_->text).substr(at, end - at);
    if (text.ends_with('\r'))
      text.remove_suffix(1);
    std::string_view const before = std::string_view(source_->text).substr(start, at - start);
    comments_.push_back({.start = position(start, at),
                         .text = text,
                         .alone = before.find_first_not_of(" \t") == std::string_view::npos});
  }

  const diag::SourcePtr& source_;
  const std::vector<ByteRange>& scalars_;
  diag::Sink& sink_;
  std::vector<Comment> comments_;
  std::size_t next_ = 0;
  std::uint32_t line_ = 1;
};

} // namespace

std::vector<Comment> scan_lines(const diag::SourcePtr& source,
                                const std::vector<ByteRange>& scalars, diag::Sink& sink) {
  return LineScan(source, scalars, sink).run();
}

} // namespace nvmf::policy
