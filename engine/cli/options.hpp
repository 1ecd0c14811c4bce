// What a command says about its options. Keeps the command-line library in one file: commands name
// their options here and get values.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/globals.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace nvmf::cli {

// The options of one command. Referenced variables must live until the command has run.
class Options {
public:
  explicit Options(CLI::App& app) : app_(app) {}

  void flag(const std::string& names, const std::string& about, bool& into);
  // `type` names the value in the help: `FILE`, `NAME`.
  void value(const std::string& names, const std::string& type, const std::string& about,
             std::optional<std::string>& into);
  // A value that may be left out: empty then. `type` names it: `[N]`.
  void optional_value(const std::string& names, const std::string& type, const std::string& about,
                      std::optional<std::string>& into);
  // May be given several times, or once with commas.
  void list(const std::string& names, const std::string& type, const std::string& about,
            std::vector<std::string>& into);
  // What stands on the command line without an option before it, as often as wanted.
  void arguments(const std::string& name, const std::string& about, std::vector<std::string>& into);

private:
  CLI::App& app_;
};

// Runs a command whose options have been read.
using Runner = std::function<ExitCode(const Globals&)>;

struct Command {
  std::string_view name;
  std::string_view about; // one line, no period
  // Adds the options and returns what runs the command.
  Runner (*declare)(Options&);
  std::span<const std::string_view> formats; // what `--format` may be; the first is the default
  std::string_view example;                  // two lines, each a command
};

// Reads the command line and runs the command that it names.
int run(std::span<const Command> commands, std::vector<std::string> arguments);

} // namespace nvmf::cli
