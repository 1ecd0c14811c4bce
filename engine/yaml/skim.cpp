#include "yaml/skim.hpp"

#include "yaml/yaml.hpp"

#include <algorithm>

namespace nvmf::yaml {

namespace {

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

class Skimmer {
public:
  explicit Skimmer(std::string_view text) : text_(text) { out_.text = text; }

  Skim run() {
    while (at_ < text_.size() && !out_.too_deep) {
      begin_line();
      while (!is_break() && !out_.too_deep)
        token();
      ++at_;
    }
    return std::move(out_);
  }

private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  bool is_break() const { return peek() == '\n'; }
  bool ends_word(std::size_t ahead) const { return is_one_of(peek(ahead), " \t\r\n"); }
  bool in_brackets() const { return !out_.open_brackets.empty(); }
  void go_to(std::size_t at) { at_ = std::min(at, text_.size()); }
  void skip_line() { go_to(text_.find('\n', at_)); }

  void begin_line() {
    std::size_t const start = at_;
    go_to(text_.find_first_not_of(" \t", at_));
    bool const empty = ends_word(0) || peek() == '#';
    if (block_text_ && (ends_word(0) || at_ - start > *block_text_))
      return skip_line();
    block_text_.reset();
    if (empty)
      std::replace(out_.text.begin() + static_cast<std::ptrdiff_t>(start),
                   out_.text.begin() + static_cast<std::ptrdiff_t>(at_), '\t', ' ');
    parent_ = at_ - start;
    line_ = start;
  }

  // One token. Behind it either another one can begin, or the line goes on as plain text.
  void token() {
    char const c = peek();
    if (is_one_of(c, " \t\r,"))
      ++at_;
    else if (c == '#')
      skip_line();
    else if (c == '"' || c == '\'')
      quoted();
    else if (c == '[' || c == '{')
      open();
    else if (c == ']' || c == '}')
      close();
    else if (is_one_of(c, "-?:") && ends_word(1))
      indicator();
    else if (is_one_of(c, "|>") && !in_brackets())
      block_text_ = parent_, skip_line();
    else
      plain();
  }

  // A `-` moves the column that a text below must be deeper than.
  void indicator() {
    if (peek() == '-')
      parent_ = at_ - line_;
    ++at_;
  }

  void open() {
    if (out_.open_brackets.size() == deepest_nesting)
      out_.too_deep = at_;
    out_.open_brackets.push_back(at_++);
  }

  void close() {
    if (in_brackets())
      out_.open_brackets.pop_back();
    ++at_;
  }

  void quoted() {
    std::size_t const opened = at_;
    char const quote = text_[at_++];
    while (at_ < text_.size() && (peek() != quote || (quote == '\'' && peek(1) == quote))) {
      bool const pair = (peek() == '\\' && quote == '"') || peek() == quote;
      if (is_break() || (pair && peek(1) == '\n'))
        quoted_line_end(opened);
      go_to(at_ + (pair ? 2 : 1));
    }
    if (at_ == text_.size())
      out_.stray_quote = opened;
    ++at_;
  }

  void quoted_line_end(std::size_t opened) {
    std::size_t const next = text_.find('\n', at_) + 1;
    std::size_t const content = std::min(text_.find_first_not_of(" \t\r", next), text_.size());
    bool const empty = content == text_.size() || text_[content] == '\n';
    if (!empty && content - next <= parent_ && !in_brackets() && !out_.stray_quote)
      out_.stray_quote = opened;
  }

  // Up to what ends it; a key moves the column that a text behind it must be deeper than.
  void plain() {
    std::size_t const start = at_;
    for (; !is_break(); ++at_) {
      if (peek() == ':' && (ends_word(1) || (in_brackets() && is_one_of(peek(1), ",[]{}"))))
        break;
      if ((peek() == ' ' || peek() == '\t') && peek(1) == '#')
        break;
      if (in_brackets() && is_one_of(peek(), ",[]{}"))
        return;
    }
    parent_ = start - line_;
    if (peek() == ':')
      ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;                  // where it begins
  std::size_t parent_ = 0;                // the column that a `|` text must be deeper than
  std::optional<std::size_t> block_text_; // in one; deeper than this
  Skim out_;
};

} // namespace

Skim skim(std::string_view text) { return Skimmer(text).run(); }

diag::Position position_of(std::string_view text, std::size_t offset) {
  std::string_view const before = text.substr(0, offset);
  std::size_t const line_start = before.rfind('\n') + 1; // 0 in the first line
  return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<std::uint32_t>(offset - line_start + 1)};
}

} // namespace nvmf::yaml
