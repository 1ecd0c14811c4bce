// YAML text, line by line, as a person would write it: imported policies, event files, suggested
// rules. The form of scalars is decided here alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::yaml {

// The text as a scalar that means exactly it: plain where no parser reads anything else, else in
// double quotes.
std::string scalar(std::string_view text);
// In double quotes, whatever it is.
std::string quoted(std::string_view text);

// `[a, "b"]`, or the one value alone.
std::string scalar_or_list(const std::vector<std::string>& texts);

class Writer {
public:
  // `KEY: VALUE  # COMMENT` at a depth of `indent` blanks; `value` is written as it is, and may be
  // empty, as may the comment.
  void line(unsigned indent, std::string_view key, std::string_view value,
            std::string_view comment = {});
  // `- VALUE`.
  void item(unsigned indent, std::string_view value);
  // `# TEXT`, each line of it.
  void comment(unsigned indent, std::string_view text);
  void blank();

  const std::string& text() const { return text_; }

private:
  std::string text_;
};

} // namespace nvmf::yaml
