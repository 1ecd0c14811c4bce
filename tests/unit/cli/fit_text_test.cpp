#include "cli/fit_text.hpp"

#include "cli/terminal.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("shortened: in the middle, and never wider than asked") {
  struct Row {
    const char* text;
    std::size_t columns;
    const char* expected;
  };
  const Row rows[] = {
      {"nqn.2014-08.com.example:prod.vol7", 33, "nqn.2014-08.com.example:prod.vol7"},
      {"nqn.2014-08.com.example:prod.vol7", 32, "nqn.2014-0…com.example:prod.vol7"},
      {"nqn.2014-08.com.example:prod.vol7", 14, "nqn.…prod.vol7"},
      {"größe-größe", 5, "g…öße"},
      {"abc", 1, "…"},
      {"", 5, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expected);
    CHECK(cli::shortened(row.text, row.columns) == row.expected);
    CHECK(cli::width(cli::shortened(row.text, row.columns)) <= row.columns);
  }
}

TEST_CASE("cut_behind_word: no half words, unless there is only one") {
  struct Row {
    const char* text;
    std::size_t columns;
    const char* expected;
  };
  const Row rows[] = {
      {"source-missing: no address", 26, "source-missing: no address"},
      {"source-missing: no address", 25, "source-missing: no …"},
      {"source-missing: no address", 20, "source-missing: no …"},
      {"source-missing: no address", 19, "source-missing: …"},
      {"source-missing: no address", 15, "source-missing…"},
      {"source-missing: no address", 14, "source-missing"},
      {"kernel-option-missing: tls-key", 19, "kernel-option-…"},
      {"kernel-option-missing: tls-key", 6, "k…-key"},
      {"  source-missing", 10, "  s…issing"},
      {"one-long-word", 7, "on…word"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expected);
    CHECK(cli::cut_behind_word(row.text, row.columns) == row.expected);
  }
}

TEST_CASE("fitted: the first lines, and how many more there are") {
  struct Row {
    const char* name;
    const char* text;
    std::size_t lines;
    std::size_t columns;
    const char* expected;
  };
  const Row rows[] = {
      {"all of it", "a\nb\n", 3, 10, "a\nb\n"},
      {"one too many", "a\nb\nc\n", 3, 10, "a\nand 2 more lines\n"},
      {"one left", "a\nb\nc\nd\n", 5, 10, "a\nb\nc\nd\n"},
      {"a wide line takes two", "aaaaaaaaaaaa\nb\nc\n", 4, 10, "aaaaaaaaaaaa\nand 2 more lines\n"},
      {"colours take no column", "\033[31maaaaaaaaaa\033[0m\nb\n", 3, 10,
       "\033[31maaaaaaaaaa\033[0m\nb\n"},
      {"no room at all", "a\nb\n", 1, 10, "and 2 more lines\n"},
      {"nothing", "", 5, 10, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(cli::fitted(row.text, row.lines, row.columns) == row.expected);
  }
}

TEST_CASE("lines_in_window: too wide a line goes on deeper, words stay whole") {
  const std::string text = "short\n  for example: one two three four\n\nfits";
  CHECK(cli::lines_in_window(text, std::nullopt) == text);
  CHECK(cli::lines_in_window(text, 80) == text);
  CHECK(cli::lines_in_window(text, 24) ==
        "short\n  for example: one\n      two three four\n\nfits");
  CHECK(cli::lines_in_window("a  nqn.2014-08.com.example:prod.vol7\n", 20) ==
        "a\n    nqn.2…:prod.vol7\n");
}
