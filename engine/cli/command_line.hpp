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

// An option or argument as shell completions need it.
struct OptionShape {
  std::vector<std::string> names; // `-q`, `--quiet`; of an argument its word in the help: `FILE`
  std::string type;               // `FILE`; empty: a flag, or an argument
  std::string about;
  std::vector<std::string> words; // that it takes; empty: anything
  bool is_argument = false;
  bool repeats = false; // an argument that takes all that follows
};

struct CommandShape {
  std::string name; // empty: the program before a command
  std::string about;
  std::vector<OptionShape> options;
};

// The program, its commands, `help` and `--dry-run` among them.
std::vector<CommandShape> shapes_of(std::span<const Command> commands);

// Reads the command line and runs the command that it names. Returns the exit code.
int run(std::span<const Command> commands, std::vector<std::string> arguments);

} // namespace nvmf::cli
