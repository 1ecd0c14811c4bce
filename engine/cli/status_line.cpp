#include "cli/status_line.hpp"

#include "cli/fit_text.hpp"
#include "cli/terminal.hpp"

#include <string>
#include <unistd.h>

namespace nvmf::cli {

namespace {

// ECMA-48: to the first column, erase the line.
constexpr std::string_view erased = "\r\033[K";

} // namespace

bool has_status_line() { return ::isatty(STDERR_FILENO) == 1; }

void show_status_line(std::string_view text) {
  const auto columns = screen_for(stderr, ColorChoice::never).columns;
  print_error(std::string(erased) +
              (columns ? cut_behind_word(std::string(text), *columns - 1) : std::string(text)));
}

void erase_status_line() { print_error(erased); }

} // namespace nvmf::cli
