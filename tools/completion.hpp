// Completion scripts for shells, made of the program's table of commands.
#pragma once

#include "cli/command_line.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::tools {

using Shapes = std::vector<cli::CommandShape>;

// The scripts: for bash, zsh and fish. `shapes` as `cli::shapes_of` returns them.
std::string bash_completion(const Shapes& shapes);
std::string zsh_completion(const Shapes& shapes);
std::string fish_completion(const Shapes& shapes);

// The possible values of an option or argument.
enum class ValueKind : std::uint8_t {
  none,    // a flag, or nothing that a shell could know
  words,   // fixed words
  files,   // files and folders
  folders, //
  rules,   // names of the policy in force
  targets, // likewise
  devices, // `nvme0`
  nqns,    // subsystems that `status` lists
  paths    // all that the commands take that change the state of paths
};

struct Values {
  ValueKind kind = ValueKind::none;
  std::vector<std::string> words;
};

Values values_of(const cli::CommandShape& command, const cli::OptionShape& option,
                 const Shapes& shapes);

// The option needs a value, as its next word.
bool takes_value(const cli::OptionShape& option);

// Shell commands, in one line, that print one name a line: of rules, targets, devices,
// subsystems, or of all of the last three for paths.
std::string listing(ValueKind kind);

// `'text'` for a POSIX shell.
std::string single_quoted(const std::string& text);

} // namespace nvmf::tools
