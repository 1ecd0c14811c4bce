// A command, and the command line that names it.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/globals.hpp"
#include "cli/options.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

// Runs a command whose options have been read.
using Runner = std::function<ExitCode(const Globals&)>;

struct Command {
  std::string_view name;
  std::string_view about; // one line, no period
  // Adds the options and returns what runs the command.
  Runner (*declare)(Options&);
  std::string_view example; // two lines, each a command
};

// Reads the command line and runs the command that it names. Returns the exit code.
int run(std::span<const Command> commands, std::vector<std::string> arguments);

} // namespace nvmf::cli
