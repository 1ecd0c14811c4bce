#include "cli/command_line.hpp"

#include "base/nearest.hpp"
#include "base/wire_text.hpp"
#include "cli/foreign_words.hpp"
#include "cli/help.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace nvmf::cli {

namespace {

const char* const global_group = "Global options";

// The options that are allowed before the command as well as behind it.
void add_globals(CLI::App& app, Options& options, Globals& globals) {
  static const std::map<std::string, ColorChoice> colours{{"auto", ColorChoice::automatic},
                                                          {"always", ColorChoice::always},
                                                          {"never", ColorChoice::never}};
  app.option_defaults()->group(global_group);
  app.add_option("--root", globals.root, "the host's files are below DIR")
      ->type_name("DIR")
      ->take_last();
  app.add_option_function<std::vector<std::string>>(
         "--policy",
         [&globals](const std::vector<std::string>& paths) {
           globals.policy.insert(globals.policy.end(), paths.begin(), paths.end());
         },
         "a policy file or directory instead of those under /etc, /run and /usr; repeatable")
      ->type_name("PATH")
      ->allow_extra_args(false);
  CLI::Option* const color = app.add_option_function<std::string>(
      "--color", [&globals](const std::string& when) { globals.color = colours.at(when); },
      "`auto` (only on a terminal), `always` or `never`");
  options.one_of(color->type_name("WHEN")->take_last(), {"auto", "always", "never"});
  app.set_version_flag("--version", "nvmf-policy " NVMF_VERSION "\n", "prints the version")
      ->group(global_group);
  app.set_help_flag("-h,--help", "prints this text")->group(global_group);
}

// The library's words for what it does not accept, in ours.
UsageError in_our_words(const CLI::ParseError& error, const CLI::App& app) {
  const std::string text = error.what();
  const auto parts = [&](std::string_view separator) {
    const std::size_t at = std::min(text.find(separator), text.size());
    return std::pair(text.substr(0, at), text.substr(std::min(at + separator.size(), text.size())));
  };
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
    const auto [option, problem] = parts(": ");
    const std::size_t line = std::min(problem.find('\n'), problem.size());
    return {fmt::format("`{}` {}", option, problem.substr(0, line)),
            problem.substr(std::min(line + 1, problem.size()))};
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    const auto [option, other] = parts(" excludes ");
    return {fmt::format("`{}` and `{}` exclude each other", option, other), {}};
  }
  if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
    const auto [option, other] = parts(" requires ");
    return {fmt::format("`{}` needs `{}`", option, other), {}};
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const std::string name = parts(" is required").first;
    const CLI::Option* const option = app.get_option_no_throw(name);
    return {fmt::format("`{}` is missing", name),
            option != nullptr ? option->get_description() : std::string()};
  }
  if (text.ends_with(" missing"))
    return {fmt::format("`{}` needs a value", parts(":").first), {}};
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    return {fmt::format("`--{}` takes no value", parts(" was given").first), {}};
  return {text, {}};
}

// The command line of one call: the program's options, and a subcommand of the library's for each
// command, whose options are declared when the library meets its name.
class CommandLine {
public:
  explicit CommandLine(std::span<const Command> commands) : commands_(commands) {
    app_.allow_extras();
    app_.formatter(std::make_shared<HelpFormatter>());
    app_.footer("nvmf-policy check\nnvmf-policy --dry-run");
    app_.option_defaults()->group(global_group);
    Options options(app_, globals_, choices_);
    const CLI::Option* const format =
        app_.add_option("--format", globals_.format, "form of the result: `human`, `json`, ...")
            ->type_name("FMT")
            ->take_last();
    choices_[format] = {"human",
                        "json"}; // what most commands know; each of them says what it takes
    options.quiet("less, where a command has that");
    options.verbose("more, where a command has that");
    add_globals(app_, options, globals_);
    app_.option_defaults()->group("Options"); // of the commands
    for (const Command& command : commands) {
      CLI::App* const one =
          app_.add_subcommand(std::string(command.name), std::string(command.about));
      one->footer(std::string(command.example));
      one->preparse_callback([this, one, &command](std::size_t) { declare(*one, command); });
    }
    app_.get_subcommand("plan")->alias("--dry-run");
    help_ = app_.add_subcommand("help", "prints the help of a command");
    help_->footer("nvmf-policy help\nnvmf-policy help plan");
    help_->preparse_callback([this](std::size_t) { declare_help(); });
    app_.require_subcommand(0, 1); // else a command's name would end the arguments of another one
  }

  ExitCode run(std::vector<std::string> arguments) {
    arguments_ = arguments;
    std::reverse(arguments.begin(), arguments.end()); // as the library wants them
    try {
      app_.parse(arguments);
    } catch (const CLI::CallForHelp&) {
      const auto extra = app_.remaining();
      if (!extra.empty() && !extra.front().starts_with('-'))
        return usage_error({}, unknown_command(extra.front()));
      print(app_.help());
      return ExitCode::done;
    } catch (const CLI::CallForVersion& version) {
      print(version.what());
      return ExitCode::done;
    } catch (const CLI::ParseError& error) {
      // A word that is not understood may be why others do not fit together.
      if (const auto code = report_unexpected())
        return *code;
      return usage_error(command_name(), in_our_words(error, *command_or_program()));
    }
    if (const auto code = report_unexpected())
      return *code;
    if (help_->parsed())
      return print_help();
    if (!runner_) {
      print_error(app_.help());
      return ExitCode::usage;
    }
    if (const auto error = refused())
      return usage_error(command_name(), *error);
    return paths_exist(globals_.policy) && is_folder(globals_.root) ? runner_(globals_)
                                                                    : ExitCode::failed;
  }

  std::vector<CommandShape> shapes() {
    std::vector<CommandShape> shapes{shape_of(app_, "")};
    for (const Command& command : commands_) {
      CLI::App* const app = app_.get_subcommand(std::string(command.name));
      declare(*app, command);
      shapes.push_back(shape_of(*app, app->get_name()));
      if (command.name == "plan")
        shapes.push_back(shape_of(*app, "--dry-run"));
    }
    declare_help();
    shapes.push_back(shape_of(*help_, help_->get_name()));
    return shapes;
  }

private:
  const CLI::App* command_or_program() const {
    const auto parsed = app_.get_subcommands();
    return parsed.empty() ? &app_ : parsed.front();
  }

  std::string command_name() const {
    const CLI::App* const app = command_or_program();
    return app == &app_ ? std::string() : app->get_name();
  }

  void declare(CLI::App& app, const Command& command) {
    Options options(app, globals_, choices_);
    runner_ = command.declare(options);
    formats_ = options.known_formats();
    add_globals(app, options, globals_);
  }

  void declare_help() {
    Options options(*help_, globals_, choices_);
    options.argument("COMMAND", "the command; none: all of them", topic_);
    add_globals(*help_, options, globals_);
  }

  OptionShape shape_of(const CLI::Option& option) const {
    OptionShape shape{.about = option.get_description()};
    for (const std::string& name : option.get_snames())
      shape.names.push_back('-' + name);
    for (const std::string& name : option.get_lnames())
      shape.names.push_back("--" + name);
    shape.is_argument = shape.names.empty();
    if (shape.is_argument)
      shape.names.push_back(option.get_name());
    else if (option.get_type_size() > 0)
      shape.type = option.get_type_name();
    shape.repeats = shape.is_argument && option.get_items_expected_max() > 1;
    if (const auto words = choices_.find(&option); words != choices_.end())
      shape.words = words->second;
    return shape;
  }

  CommandShape shape_of(const CLI::App& app, const std::string& name) const {
    CommandShape shape{.name = name, .about = app.get_description()};
    for (const CLI::Option* option : app.get_options())
      shape.options.push_back(shape_of(*option));
    return shape;
  }

  static std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames())
        names.push_back("--" + name);
    return names;
  }

  static UsageError unknown(std::string_view what, const std::string& word,
                            const std::vector<std::string>& known) {
    return {fmt::format("unknown {} `{}`", what, base::escaped(word)),
            base::suggestion(word, known)};
  }

  UsageError unknown_command(const std::string& word) const {
    std::vector<std::string> names{"help"};
    for (const Command& command : commands_)
      names.emplace_back(command.name);
    UsageError error = unknown("command", word, names);
    if (const auto help = help_with_foreign_command(word); !help.empty())
      error.help = help;
    return error;
  }

  // `-q=3`, of which the library leaves `-=3`.
  std::optional<UsageError> short_flag_with_value(const std::string& word) const {
    const std::string value = word.substr(1);
    const auto whole =
        std::find_if(arguments_.begin(), arguments_.end(), [&](const std::string& argument) {
          return argument.starts_with('-') && !argument.starts_with("--") &&
                 argument.ends_with(value);
        });
    if (!value.starts_with('=') || whole == arguments_.end())
      return std::nullopt;
    const std::string flag = whole->substr(0, whole->size() - value.size());
    return UsageError{fmt::format("`{}` takes no value", base::escaped(flag)), {}};
  }

  UsageError unknown_option(const CLI::App& app, const std::string& word) const {
    const std::string name = word.substr(0, word.find('='));
    if (name == "--dry-run" && name != word)
      return {fmt::format("`{}` takes no value", name), {}};
    if (const auto error = short_flag_with_value(word))
      return *error;
    if (&app != &app_ && app_.get_option_no_throw(name) != nullptr)
      return {fmt::format("`{}` has no option `{}`", app.get_name(), name), {}};
    std::vector<std::string> names = option_names(app);
    if (&app == &app_)
      names.emplace_back("--dry-run");
    UsageError error = unknown("option", name, names);
    if (const auto help = help_with_foreign_option(name); error.help.empty())
      error.help = help;
    return error;
  }

  // The part that the library did not understand: the first option, else the first word.
  std::optional<UsageError> unexpected(const CLI::App& app) const {
    std::vector<std::string> extra = app.remaining();
    std::erase(extra, "--"); // the library leaves the end of the options there, too
    if (extra.empty())
      return std::nullopt;
    const bool is_command = &app == command_or_program() && &app == &app_;
    const auto option = std::find_if(extra.begin(), extra.end(), [](const std::string& word) {
      return word.size() > 1 && word.starts_with('-');
    });
    if (option == extra.begin() || (!is_command && option != extra.end()))
      return unknown_option(app, *option);
    if (is_command)
      return unknown_command(extra.front());
    return UsageError{fmt::format("unexpected argument `{}`", base::escaped(extra.front())),
                      help_with_foreign_argument(app.get_name(), extra.front())};
  }

  std::optional<ExitCode> report_unexpected() const {
    for (const CLI::App* app : {static_cast<const CLI::App*>(&app_), command_or_program()})
      if (const auto error = unexpected(*app))
        return usage_error(app == &app_ ? std::string() : app->get_name(), *error);
    return std::nullopt;
  }

  // An option before a command that does not have it.
  std::optional<UsageError> refused() const {
    for (const CLI::Option* option : app_.get_options()) {
      if (option->count() > 0 &&
          command_or_program()->get_option_no_throw(option->get_name()) == nullptr)
        return unknown_option(*command_or_program(), option->get_name());
    }
    if (!globals_.format.empty() && !is_one_of(globals_.format, formats_)) {
      const std::string problem = not_one_of(globals_.format, formats_);
      return in_our_words(CLI::ValidationError("--format", problem), app_);
    }
    return std::nullopt;
  }

  ExitCode print_help() {
    if (topic_.empty()) {
      print(app_.get_formatter()->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal));
      return ExitCode::done;
    }
    const auto topic = std::find_if(commands_.begin(), commands_.end(),
                                    [&](const Command& one) { return one.name == topic_; });
    if (topic == commands_.end())
      return usage_error({}, unknown_command(topic_));
    CLI::App* const app = app_.get_subcommand(topic_);
    declare(*app, *topic);
    print(app->help(app_.get_name()));
    return ExitCode::done;
  }

  std::span<const Command> commands_;
  std::vector<std::string> arguments_;
  CLI::App app_{"Decides and makes a host's NVMe-over-Fabrics connections.", "nvmf-policy"};
  CLI::App* help_ = nullptr;
  Globals globals_;
  std::string topic_; // of `help`
  Options::Choices choices_;
  // Of the command that was named.
  Runner runner_;
  std::vector<std::string> formats_;
};

} // namespace

std::vector<CommandShape> shapes_of(std::span<const Command> commands) {
  return CommandLine(commands).shapes();
}

int run(std::span<const Command> commands, std::vector<std::string> arguments) {
  const ExitCode code = CommandLine(commands).run(std::move(arguments));
  if (output_was_written())
    return static_cast<int>(code);
  complain("the output could not be written");
  return static_cast<int>(ExitCode::failed);
}

} // namespace nvmf::cli
