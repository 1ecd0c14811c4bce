#include "cli/fit_text.hpp"

#include <doctest/doctest.h>

using nvmf::cli::wrapped;

TEST_CASE("wrapped: lines keep within the columns and later ones are indented") {
  struct Row {
    const char* name;
    std::string_view text;
    std::size_t indent;
    std::size_t columns;
    std::string expected;
  };
  const Row rows[] = {
      {"short", "one two", 2, 20, "one two"},
      {"exactly full", "aaaa bbbb", 1, 10, "aaaa bbbb"},
      {"one too wide", "aaaa bbbb", 2, 10, "aaaa\n  bbbb"},
      {"a word wider than the line", "aaaaaaaaaaaa b", 2, 8, "aaaaaaaaaaaa\n  b"},
      {"UTF-8 counts as one column", "ää ää", 0, 5, "ää ää"},
      {"empty", "", 4, 10, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(wrapped(row.text, row.indent, row.columns) == row.expected);
  }
}
