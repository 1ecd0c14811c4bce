#include "cli/options.hpp"

#include "base/nearest.hpp"
#include "cli/help.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

void Options::flag(const std::string& names, const std::string& about, bool& into) {
  app_.add_flag(names, into, about);
}

void Options::value(const std::string& names, const std::string& type, const std::string& about,
                    std::optional<std::string>& into) {
  app_.add_option_function<std::string>(
          names, [&into](const std::string& text) { into = text; }, about)
      ->type_name(type)
      ->take_last();
}

void Options::optional_value(const std::string& names, const std::string& type,
                             const std::string& about, std::optional<std::string>& into) {
  app_.add_option_function<std::vector<std::string>>(
          names,
          [&into](const std::vector<std::string>& given) {
            into = given.empty() ? std::string() : given.front();
          },
          about)
      ->type_name(type)
      ->expected(0, 1);
}

void Options::list(const std::string& names, const std::string& type, const std::string& about,
                   std::vector<std::string>& into) {
  app_.add_option(names, into, about)->type_name(type)->allow_extra_args(false)->delimiter(',');
}

void Options::arguments(const std::string& name, const std::string& about,
                        std::vector<std::string>& into) {
  app_.add_option(name, into, about);
}

namespace {

const char* const global_group = "Global options";
// Without a command.
const char* const any_format = "`human`, `json`, ...";

void add_globals(CLI::App& app, Globals& globals, const std::string& formats) {
  app.add_option("--root", globals.root, "the host's files are below DIR")
      ->type_name("DIR")
      ->take_last()
      ->group(global_group);
  app.add_option(
         "--policy", globals.policy,
         "a policy file or directory instead of those under /etc, /run and /usr; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false)
      ->group(global_group);
  app.add_option("--format", globals.format, "form of the result: " + formats)
      ->type_name("FMT")
      ->take_last()
      ->group(global_group);
  app.add_option_function<std::string>(
         "--color",
         [&globals](const std::string& text) {
           if (text == "auto")
             globals.color = ColorChoice::automatic;
           else if (text == "always")
             globals.color = ColorChoice::always;
           else if (text == "never")
             globals.color = ColorChoice::never;
           else
             throw CLI::ValidationError(
                 fmt::format("`--color` is `auto`, `always` or `never`, not `{}`", text));
         },
         "`auto` (only on a terminal), `always` or `never`")
      ->type_name("WHEN")
      ->take_last()
      ->group(global_group);
  app.add_flag("-q,--quiet", globals.quiet, "only what was asked for")->group(global_group);
  app.add_flag("-v,--verbose", globals.verbose, "more about each thing")->group(global_group);
  app.add_flag_callback(
         "--version", [] { throw CLI::CallForVersion(); }, "prints the version")
      ->group(global_group);
  app.set_help_flag("-h,--help", "prints this text")->group(global_group);
}

// An option that takes the next argument as its value, of those that may stand before the command.
bool takes_value(const std::string& argument) {
  static const std::vector<std::string> with_value{"--root", "--policy", "--format", "--color"};
  return std::find(with_value.begin(), with_value.end(), argument) != with_value.end();
}

// The place of the command among the arguments: the first that is neither an option nor the value
// of one.
std::size_t command_position(const std::vector<std::string>& arguments) {
  std::size_t at = 0;
  while (at < arguments.size() && arguments[at].starts_with('-') && arguments[at] != "--dry-run")
    at += takes_value(arguments[at]) ? 2 : 1;
  return std::min(at, arguments.size());
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

// What the parser did not understand: the first option among it, else the first word.
ExitCode report_extra(const CLI::App& app, const std::vector<std::string>& extra,
                      std::string_view command) {
  const auto option = std::find_if(extra.begin(), extra.end(),
                                   [](const std::string& word) { return word.starts_with('-'); });
  if (option == extra.end())
    return usage_error(command, fmt::format("unexpected argument `{}`", extra.front()));
  const std::string name = option->substr(0, option->find('='));
  UsageError error{fmt::format("unknown option `{}`", name), {}};
  std::vector<std::string> names = option_names(app);
  if (command.empty())
    names.emplace_back("--dry-run"); // stands for a command
  if (const auto near = base::nearest(name, names))
    error.help = fmt::format("did you mean `{}`?", *near);
  return usage_error(command, error);
}

// The library's words for a value that is missing or one too many, in ours.
std::string in_our_words(const CLI::ParseError& error) {
  std::string text = error.what();
  const std::string option = text.substr(0, text.find(':'));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    return text.find("required") != std::string::npos
               ? fmt::format("`{}` needs a value", option)
               : fmt::format("`{}` was given too often or takes no value", option);
  return text;
}

// Parses and returns an exit code when the command is not to be run.
std::optional<ExitCode> parse(CLI::App& app, std::vector<std::string> arguments,
                              std::string_view command) {
  try {
    std::reverse(arguments.begin(), arguments.end()); // as the library wants them
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return ExitCode::done;
  } catch (const CLI::CallForVersion&) {
    print("nvmf-policy " NVMF_VERSION "\n");
    return ExitCode::done;
  } catch (const CLI::ParseError& error) {
    return usage_error(command, in_our_words(error));
  }
  std::vector<std::string> extra = app.remaining();
  // The library leaves the mark that ends the options among what it did not understand.
  if (const auto mark = std::find(extra.begin(), extra.end(), "--"); mark != extra.end())
    extra.erase(mark);
  if (!extra.empty())
    return report_extra(app, extra, command);
  return std::nullopt;
}

ExitCode run_command(const Command& command, std::vector<std::string> arguments) {
  CLI::App app{std::string(command.about), fmt::format("nvmf-policy {}", command.name)};
  app.allow_extras();
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(std::string(command.example));
  Globals globals;
  Options options(app);
  const Runner runner = command.declare(options);
  const std::vector<std::string> formats(command.formats.begin(), command.formats.end());
  add_globals(app, globals, alternatives(formats));
  if (const auto code = parse(app, std::move(arguments), command.name))
    return *code;
  if (!globals.format.empty() && !is_one_of(globals.format, formats))
    return usage_error(command.name, not_one_of("--format", globals.format, formats));
  return are_there(globals.policy) ? runner(globals) : ExitCode::failed;
}

ExitCode run_without_command(std::span<const Command> commands,
                             std::vector<std::string> arguments) {
  CLI::App app{"Decides and makes a host's NVMe-over-Fabrics connections.", "nvmf-policy"};
  app.allow_extras();
  app.formatter(std::make_shared<HelpFormatter>(commands));
  app.footer("nvmf-policy check\nnvmf-policy --dry-run");
  Globals globals;
  add_globals(app, globals, any_format);
  if (const auto code = parse(app, std::move(arguments), {}))
    return *code;
  return usage_error({}, "no command was given");
}

ExitCode unknown_command(std::span<const Command> commands, const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands)
    names.emplace_back(command.name);
  UsageError error{fmt::format("there is no command `{}`", name), {}};
  if (const auto near = base::nearest(name, names))
    error.help = fmt::format("did you mean `{}`?", *near);
  return usage_error({}, error);
}

// Whether the program knows the word without any command: a word behind one that it does not know
// may be its value.
bool is_global_option(const std::string& word) {
  CLI::App app;
  Globals globals;
  add_globals(app, globals, any_format);
  const std::string name = word.substr(0, word.find('='));
  const bool is_short = !name.starts_with("--");
  return is_short || name == "--help" || is_one_of(name, option_names(app));
}

ExitCode unknown_option(const std::string& word) {
  CLI::App app;
  Globals globals;
  add_globals(app, globals, any_format);
  return report_extra(app, {word}, {});
}

ExitCode run_named(std::span<const Command> commands, std::vector<std::string> arguments) {
  const std::size_t at = command_position(arguments);
  if (at == arguments.size())
    return run_without_command(commands, std::move(arguments));
  const std::string name = arguments[at] == "--dry-run" ? "plan" : arguments[at];
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& one) { return one.name == name; });
  if (command == commands.end() && at > 0 && arguments[at - 1].starts_with('-') &&
      !is_global_option(arguments[at - 1]))
    return unknown_option(arguments[at - 1]);
  if (command == commands.end())
    return unknown_command(commands, name);
  arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(at));
  return run_command(*command, std::move(arguments));
}

} // namespace

int run(std::span<const Command> commands, std::vector<std::string> arguments) {
  const ExitCode code = run_named(commands, std::move(arguments));
  if (output_was_written())
    return static_cast<int>(code);
  complain("the output could not be written");
  return static_cast<int>(ExitCode::failed);
}

} // namespace nvmf::cli
