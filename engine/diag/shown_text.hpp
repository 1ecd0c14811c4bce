// An administrator's text as it may be shown on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nvmf::diag {

// UTF-8 text in which all that a terminal would obey or hide is made visible: control characters,
// bytes that are not UTF-8, invisible and direction-changing characters become `\xNN` or
// `\u{NNNN}`. Tabs become one blank. Everything else stays as it is, backslashes too.
std::string shown(std::string_view text);

// The same of a message or a help, in which what it quotes (`…`) is cut in the middle where it is
// longer than most lines are wide. Paths are not cut, nor is any text that is not quoted, up
// to the length that a path can have.
std::string shown_message(std::string_view text);

// Columns that `shown(text)` takes: characters, not bytes.
std::size_t shown_width(std::string_view text);

// One character of UTF-8 at the beginning of `text`, which is not empty.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = true; // false: a byte that begins no well-formed character
};
Character first_character(std::string_view text);

// Characters that cannot be seen or that change the direction of the text around them: format
// characters, soft hyphen, zero-width and bidirectional controls, byte order marks, tags.
bool is_invisible(char32_t code);

} // namespace nvmf::diag
