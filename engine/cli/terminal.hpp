// Where output goes and how it is marked. Results go to standard output, everything else to
// standard error; colour never carries meaning that the text does not.
#pragma once

#include "base/result.hpp"
#include "cli/globals.hpp"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::cli {

enum class Style : std::uint8_t { plain, good, bad, caution, faint, strong };

// Marks text for a terminal, or leaves it as it is.
class Palette {
public:
  static Palette plain() { return Palette(false); }
  static Palette coloured() { return Palette(true); }

  std::string paint(Style style, std::string_view text) const;
  bool coloured_output() const { return on_; }

private:
  explicit Palette(bool on) : on_(on) {}
  bool on_;
};

// Colour is used on a terminal unless NO_COLOR is set to something (https://no-color.org) or the
// choice says otherwise.
Palette palette_for(std::FILE* stream, ColorChoice choice);

// Where a result is read: how it may be marked, and how wide the window is.
struct Screen {
  Palette palette = Palette::plain();
  std::optional<std::size_t> columns; // none: not a terminal, so that text is shown whole
};

// The window's width is that of COLUMNS where it is set (`watch` does), else the terminal's.
Screen screen_for(std::FILE* stream, ColorChoice choice);

// The lines of the window, that of LINES where it is set; none: it is not known.
std::optional<std::size_t> window_lines(std::FILE* stream);

// Columns that `text` takes: UTF-8 sequences count as one, nothing here is wider.
std::size_t width(std::string_view text);
// `text` with blanks after it up to `columns`.
std::string padded(std::string_view text, std::size_t columns);
// The width of a column whose cells are as wide as this, where no window limits it: one name of 223
// bytes is wider than the column then, and does not pad all other rows.
std::size_t column_width(std::size_t widest);

// Writes to standard output or standard error, as it is.
void print(std::string_view text);
void print_error(std::string_view text);

// Writes into the file of that name as a shell's `>` does: what is there (a device, a FIFO, a
// link's target) is written to and keeps its mode.
base::Result<void> write_output(const std::string& path, std::string_view text);

// "nvmf-policy: MESSAGE" on standard error, control characters as `\xNN`.
void complain(std::string_view message);

// Whether all that was printed reached its destination (a full disk, a closed pipe).
bool output_was_written();

} // namespace nvmf::cli
