// One line of a terminal, written anew while something takes its time.
#pragma once

#include <string_view>

namespace nvmf::cli {

// Standard error is a terminal.
bool has_status_line();

// Shows the text in place of the one before, cut to the window. Only where has_status_line().
void show_status_line(std::string_view text);

// Makes room for other lines.
void erase_status_line();

} // namespace nvmf::cli
