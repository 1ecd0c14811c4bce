// Scalars of a YAML text: plain, quoted and block, each with its folding.
#pragma once

#include "yaml/tree.hpp"
#include "yaml/yaml_cursor.hpp"

#include <cstddef>

namespace nvmf::yaml {

// Where a scalar stands: inside brackets other characters end it, outside its indentation does.
struct ScalarContext {
  bool flow = false;
  std::size_t indent = 0; // continuation lines begin in this column or behind it
  bool single_line = false;
};

class YamlScalarReader {
public:
  explicit YamlScalarReader(YamlCursor& cursor) : cursor_(cursor) {}

  // May a plain scalar begin here?
  bool begins_plain(bool flow) const;
  Node plain(const ScalarContext& context);
  Node quoted(const ScalarContext& context); // at `"` or `'`
  Node
  block(std::size_t parent_indent); // at `|` or `>`; `parent_indent`: columns to be deeper than

private:
  struct BlockHeader {
    bool folded = false;
    char chomping = ' ';    // `-` strip, `+` keep
    std::size_t indent = 0; // 0: that of the first line
  };

  bool ends_plain(bool flow) const;
  void plain_line(std::string& text, bool flow);
  std::string folded_breaks();
  bool continues_plain(const ScalarContext& context);
  bool goes_on_here(const ScalarContext& context) const;
  bool at_line_end() const;
  void skip_blanks_silently();
  void escape(std::string& text, diag::Position opened);
  char32_t hexadecimal(std::size_t digits);
  BlockHeader header();
  void check_characters(const Node& node);

  YamlCursor& cursor_;
};

} // namespace nvmf::yaml
