#include "diag/shown_text.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf::diag;

TEST_CASE("text is shown without what a terminal would obey or hide") {
  struct Row {
    const char* name;
    std::string text;
    std::string shown;
    std::size_t width;
  };
  const Row rows[] = {
      {"plain", "a b", "a b", 3},
      {"a backslash stays", "a\\b", "a\\b", 3},
      {"tab", "a\tb", "a b", 3},
      {"escape sequence", "\x1b[31m", "\\x1b[31m", 8},
      {"newline", "a\nb", "a\\x0ab", 6},
      {"NUL", std::string("a\0b", 3), "a\\x00b", 6},
      {"DEL", "\x7f", "\\x7f", 4},
      {"C1 control", "\xc2\x9b", "\\x9b", 4},
      {"umlaut", "\xc3\xa4", "\xc3\xa4", 1},
      {"three bytes", "\xe6\x97\xa5", "\xe6\x97\xa5", 1},
      {"bidirectional override", "\xe2\x80\xae", "\\u{202e}", 8},
      {"zero width space", "a\xe2\x80\x8b", "a\\u{200b}", 9},
      {"byte order mark", "\xef\xbb\xbf", "\\u{feff}", 8},
      {"tag character", "\xf3\xa0\x81\x81", "\\u{e0041}", 9},
      {"lone continuation byte", "\x80", "\\x80", 4},
      {"overlong", "\xc0\xaf", "\\xc0\\xaf", 8},
      {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", 12},
      {"beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16},
      {"cut off", "\xe6\x97", "\\xe6\\x97", 8},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    CHECK(shown(row.text) == row.shown);
    CHECK(shown_width(row.text) == row.width);
  }
}

TEST_CASE("what a message quotes is cut in the middle, paths and the message itself are not") {
  std::string const x(100, 'x');
  std::string const umlauts = [] {
    std::string text;
    for (int i = 0; i < 50; ++i)
      text += "ä";
    return text;
  }();
  struct {
    std::string text;
    std::string expected;
  } const rows[] = {
      {"`" + x.substr(0, 72) + "` is long", "`" + x.substr(0, 72) + "` is long"},
      {"`" + x + "` is long", "`" + x.substr(0, 51) + "…" + x.substr(0, 20) + "` is long"},
      {"a " + x + " `b`", "a " + x + " `b`"},
      {"`/" + x + "` is a path", "`/" + x + "` is a path"},
      {"one `" + x, "one `" + x},
      // Longer than any path.
      {std::string(5000, 'x'), x.substr(0, 51) + "…" + x.substr(0, 20)},
      {"`/" + std::string(5000, 'x') + "`", "`/" + x.substr(0, 50) + "…" + x.substr(0, 20) + "`"},
      {"`" + umlauts + "`", "`" + umlauts.substr(0, 50) + "…" + umlauts.substr(0, 20) + "`"},
      {"`\x1b`", "`\\x1b`"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(nvmf::diag::shown_message(row.text) == row.expected);
  }
}
