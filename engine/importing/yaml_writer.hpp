// YAML text, line by line, as a person would write it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::importing {

// The text as a scalar that means exactly it: plain where that is safe, else in double quotes.
std::string yaml_scalar(std::string_view text);

// `[a, "b"]`, or the one value alone.
std::string yaml_list(const std::vector<std::string>& texts);

class YamlWriter {
public:
  // `KEY: VALUE  # COMMENT` at a depth of `indent` blanks; `value` is written as it is, and may be
  // empty, as may the comment.
  void line(unsigned indent, std::string_view key, std::string_view value,
            std::string_view comment = {});
  // `# TEXT`, each line of it.
  void comment(unsigned indent, std::string_view text);
  void blank();

  const std::string& text() const { return text_; }

private:
  std::string text_;
};

} // namespace nvmf::importing
