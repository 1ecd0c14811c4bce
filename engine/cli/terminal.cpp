#include "cli/terminal.hpp"

#include "base/text_lines.hpp"

#include "base/standard_streams.hpp"
#include "diag/shown_text.hpp"
#include "policy/secret_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace nvmf::cli {

namespace {

// ECMA-48 "select graphic rendition" parameters that every terminal knows.
std::string_view sgr(Style style) {
  switch (style) {
  case Style::plain:
    return "0";
  case Style::good:
    return "32";
  case Style::bad:
    return "31";
  case Style::caution:
    return "33";
  case Style::faint:
    return "2";
  case Style::strong:
    return "1";
  }
  return "0";
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

// Less than this is not a window that anybody reads a table in.
constexpr std::size_t fewest_columns = 40;

// The number in the environment's variable; none: there is none, or it is 0.
std::optional<std::size_t> number_in_environment(const char* name) {
  // Before any thread is started.
  const char* text = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr)
    return std::nullopt;
  const std::string_view digits = text;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0)
    return std::nullopt;
  return number;
}

std::optional<std::size_t> window_columns(std::FILE* stream) {
  std::optional<std::size_t> columns = number_in_environment("COLUMNS");
  winsize window{};
  if (!columns && ioctl(fileno(stream), TIOCGWINSZ, &window) == 0 && window.ws_col != 0)
    columns = window.ws_col;
  return columns ? std::optional(std::max(*columns, fewest_columns)) : std::nullopt;
}

} // namespace

std::string Palette::paint(Style style, std::string_view text) const {
  if (!on_ || style == Style::plain)
    return std::string(text);
  std::string painted = "\033[";
  painted += sgr(style);
  painted += 'm';
  painted += text;
  painted += "\033[0m";
  return painted;
}

Palette palette_for(std::FILE* stream, ColorChoice choice) {
  switch (choice) {
  case ColorChoice::always:
    return Palette::coloured();
  case ColorChoice::never:
    return Palette::plain();
  case ColorChoice::automatic:
    break;
  }
  // Before any thread is started.
  const char* no_color = std::getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe)
  const bool refused = no_color != nullptr && *no_color != '\0';
  return !refused && isatty(fileno(stream)) == 1 ? Palette::coloured() : Palette::plain();
}

Screen screen_for(std::FILE* stream, ColorChoice choice) {
  return {.palette = palette_for(stream, choice), .columns = window_columns(stream)};
}

std::optional<std::size_t> window_lines(std::FILE* stream) {
  std::optional<std::size_t> lines = number_in_environment("LINES");
  winsize window{};
  if (!lines && ioctl(fileno(stream), TIOCGWINSZ, &window) == 0 && window.ws_row != 0)
    lines = window.ws_row;
  return lines;
}

std::size_t width(std::string_view text) { return base::text_width(text); }

std::string padded(std::string_view text, std::size_t columns) {
  std::string wide(text);
  const std::size_t used = width(text);
  if (used < columns)
    wide.append(columns - used, ' ');
  return wide;
}

std::size_t column_width(std::size_t widest) {
  constexpr std::size_t most = 80; // `nqn.2014-08.org.nvmexpress:uuid:…` has 68
  return std::min(widest, most);
}

void print(std::string_view text) { write(stdout, text); }

void print_error(std::string_view text) { base::write_error(text); }

base::Result<void> write_output(const std::string& path, std::string_view text) {
  std::FILE* const file = std::fopen(path.c_str(), "we");
  if (file == nullptr)
    return base::errno_failure(path, errno);
  const bool was_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  int code = was_written ? 0 : errno;
  if (std::fclose(file) != 0 && code == 0)
    code = errno;
  if (code != 0)
    return base::errno_failure(path, code);
  return {};
}

// Messages contain text that was typed or read: a terminal must not act on it.
void complain(std::string_view message) {
  const std::string masked = policy::with_secrets_masked(std::string(message));
  std::string text = "nvmf-policy: ";
  for (std::string_view rest = masked;;) {
    const std::size_t end = rest.find('\n');
    text += diag::shown_message(rest.substr(0, end)) + '\n';
    if (end == std::string_view::npos)
      break;
    rest.remove_prefix(end + 1);
  }
  print_error(text);
}

bool output_was_written() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

} // namespace nvmf::cli
