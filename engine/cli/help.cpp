#include "cli/help.hpp"

#include "cli/fit_text.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sstream>

namespace nvmf::cli {

namespace {

constexpr std::size_t about_column = 26;

// "  NAME   ABOUT", with ABOUT on a line of its own when the name is long.
std::string entry(const std::string& name, std::string_view about) {
  std::string line = "  " + name;
  if (width(line) + 2 > about_column)
    line += '\n' + std::string(about_column, ' ');
  else
    line = padded(line, about_column);
  return line + wrapped(about, about_column) + '\n';
}

std::string option_name(const CLI::Option& option) {
  std::string name;
  for (const std::string& word : option.get_snames())
    name += (name.empty() ? "-" : ", -") + word;
  for (const std::string& word : option.get_lnames())
    name += (name.empty() ? "--" : ", --") + word;
  if (option.get_type_size() > 0)
    name += ' ' + option.get_type_name();
  return name;
}

bool is_argument(const CLI::Option& option) {
  return option.get_positional() && option.get_lnames().empty();
}

std::string section(const std::string& title, const std::string& entries) {
  return entries.empty() ? std::string() : fmt::format("\n{}:\n{}", title, entries);
}

std::string commands_of(const CLI::App& app) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    text += entry(command->get_name(), command->get_description());
  return text;
}

std::string arguments_of(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options())
    if (is_argument(*option))
      text += entry(option->get_name(), option->get_description());
  return text;
}

std::string options_of_group(const CLI::App& app, const std::string& group) {
  std::string text;
  for (const CLI::Option* option : app.get_options())
    if (option->get_group() == group && !is_argument(*option))
      text += entry(option_name(*option), option->get_description());
  return text;
}

std::string usage_line(const CLI::App& app, const std::string& name) {
  std::string line = fmt::format("usage: {} [OPTION...]", name);
  if (!commands_of(app).empty())
    line += " COMMAND [...]";
  for (const CLI::Option* option : app.get_options())
    if (is_argument(*option)) {
      const std::string more = option->get_items_expected_max() > 1 ? "..." : "";
      const std::string word = option->get_name() + more;
      line += option->get_required() ? " " + word : " [" + word + "]";
    }
  return line + '\n';
}

// "Shows what would be done." from the line of the list of commands.
std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text.ends_with('.') ? text : text + '.';
}

} // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text = usage_line(*app, name);
  text += '\n' + wrapped(sentence(app->get_description()), 0) + '\n';
  text += section("Commands", commands_of(*app));
  text += section("Arguments", arguments_of(*app));
  for (const std::string& group : app->get_groups())
    text += section(group, options_of_group(*app, group));
  std::istringstream examples(app->get_footer());
  std::string lines;
  for (std::string line; std::getline(examples, line);)
    lines += "  " + line + '\n';
  return text + section("Examples", lines);
}

} // namespace nvmf::cli
