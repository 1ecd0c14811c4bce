#include "cli/help.hpp"

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
  if (option.get_positional() && option.get_lnames().empty())
    return option.get_name();
  std::string name;
  for (const std::string& word : option.get_snames())
    name += (name.empty() ? "-" : ", -") + word;
  for (const std::string& word : option.get_lnames())
    name += (name.empty() ? "--" : ", --") + word;
  if (option.get_type_size() > 0)
    name += ' ' + option.get_type_name();
  return name;
}

std::string options_of_group(const CLI::App& app, const std::string& group) {
  std::string text;
  for (const CLI::Option* option : app.get_options())
    if (option->get_group() == group)
      text += entry(option_name(*option), option->get_description());
  return text;
}

std::string usage_line(const CLI::App& app, bool lists_commands) {
  std::string line = "usage: " + app.get_name();
  line += lists_commands ? " [OPTION...] COMMAND [...]" : " [OPTION...]";
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional())
      line += fmt::format(" [{}...]", option->get_name());
  return line + '\n';
}

// "Shows what would be done." from the line of the list of commands.
std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text.ends_with('.') ? text : text + '.';
}

} // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (column > indent && column + 1 + width(word) > columns) {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += width(word);
  }
  return lines;
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string /*name*/,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text = usage_line(*app, !commands_.empty());
  text += '\n' + wrapped(sentence(app->get_description()), 0) + '\n';
  if (!commands_.empty()) {
    text += "\nCommands:\n";
    for (const Command& command : commands_)
      text += entry(std::string(command.name), command.about);
  }
  if (const std::string own = options_of_group(*app, "Options"); !own.empty())
    text += "\nOptions:\n" + own;
  text += "\nGlobal options:\n" + options_of_group(*app, "Global options");
  text += "\nExamples:\n";
  std::istringstream examples(app->get_footer());
  for (std::string line; std::getline(examples, line);)
    text += "  " + line + '\n';
  return text;
}

} // namespace nvmf::cli
