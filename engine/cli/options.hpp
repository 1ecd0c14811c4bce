// The options and arguments of a command. Keeps the command-line library in one file: commands name
// what they take and get values, and a mistake on the command line ends the program with exit code
// 2 before the command runs.
#pragma once

#include "base/duration.hpp"
#include "cli/globals.hpp"

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace nvmf::cli {

// Referenced variables must live until the command has run. `type` names a value in the help:
// `FILE`, `NAME`. An option that is given twice has its last value.
class Options {
public:
  using Option = CLI::Option*;
  using Words = std::vector<std::string>;
  // The words that options and arguments take, where they are fixed.
  using Choices = std::map<const CLI::Option*, Words>;

  // All of them must live as long as the options.
  Options(CLI::App& app, Globals& globals, Choices& choices)
      : app_(app), globals_(globals), choices_(choices) {}

  Option flag(const std::string& names, const std::string& about, bool& into);
  Option value(const std::string& name, const std::string& type, const std::string& about,
               std::optional<std::string>& into);
  // One of some words.
  Option choice(const std::string& name, const std::string& type, const std::string& about,
                const Words& words, std::string& into);
  // From 1 to `most`.
  Option number(const std::string& name, const std::string& about, std::optional<std::size_t>& into,
                std::size_t most = std::size_t(-1));
  // The same, and `without` if the option has no value.
  Option optional_number(const std::string& name, const std::string& about,
                         std::optional<std::size_t>& into, std::size_t most, std::size_t without);
  Option duration(const std::string& name, const std::string& about,
                  std::optional<base::Duration>& into);
  // May be given several times.
  Option values(const std::string& name, const std::string& type, const std::string& about,
                Words& into);
  // May be given several times, or once with commas.
  Option list(const std::string& name, const std::string& type, const std::string& about,
              Words& into);
  // The words of the command line that are not options: one, or as many as wanted.
  Option argument(const std::string& name, const std::string& about, std::string& into);
  Option arguments(const std::string& name, const std::string& about, Words& into);

  // `--format`, the first of the forms being the usual one; `--quiet` and `--verbose` with what
  // they do here. A command that does not ask for them refuses them.
  void formats(const Words& forms);
  const Words& known_formats() const { return formats_; }
  void quiet(const std::string& about);
  void verbose(const std::string& about);

  void one_of(Option option, const Words& words);
  // `problem` returns what comes behind the option's name ("is not KEY=VALUE"), a help in a line
  // of its own; empty: none.
  static void check(Option option,
                    const std::function<std::string(const std::string& value)>& problem);
  static void required(Option option);
  static void exclude_each_other(std::initializer_list<Option> options);
  static void needs(Option option, Option other);

private:
  CLI::App& app_;
  Globals& globals_;
  Choices& choices_;
  Words formats_;
};

} // namespace nvmf::cli
