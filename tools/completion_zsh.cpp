#include "tools/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>

namespace nvmf::tools {

namespace {

// A text inside a specification of _arguments or _describe.
std::string zsh_escaped(const std::string& text) {
  std::string result;
  for (char const c : text) {
    if (std::string_view("[]:\\").find(c) != std::string_view::npos)
      result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_action(const Values& values) {
  switch (values.kind) {
  case ValueKind::none:
    return {};
  case ValueKind::words:
    return fmt::format("({})", fmt::join(values.words, " "));
  case ValueKind::files:
    return "_files";
  case ValueKind::folders:
    return "_files -/";
  case ValueKind::rules:
    return "_nvmf_policy_rules";
  case ValueKind::targets:
    return "_nvmf_policy_targets";
  case ValueKind::devices:
    return "_nvmf_policy_devices";
  case ValueKind::nqns:
    return "_nvmf_policy_nqns";
  case ValueKind::paths:
    return "_nvmf_policy_paths";
  }
  return {};
}

std::string zsh_specification(const cli::CommandShape& command, const cli::OptionShape& option,
                              const Shapes& shapes) {
  const std::string action = zsh_action(values_of(command, option, shapes));
  if (option.is_argument)
    return fmt::format("{}:{}:{}", option.repeats ? "*" : "", zsh_escaped(option.names.front()),
                       action);
  std::string text = fmt::format("{}[{}]", option.names.back(), zsh_escaped(option.about));
  if (takes_value(option))
    text += fmt::format(":{}:{}", zsh_escaped(option.type), action);
  return text;
}

std::string zsh_specifications(const cli::CommandShape& command, const Shapes& shapes,
                               const std::string& indent) {
  std::string text;
  for (const cli::OptionShape& option : command.options)
    text += " \\\n" + indent + single_quoted(zsh_specification(command, option, shapes));
  return text;
}

std::string zsh_list(const char* name, ValueKind kind) {
  return fmt::format("\n_nvmf_policy_{}() {{\n\tlocal -a names\n\tnames=(${{(f)\"$({})\"}})\n"
                     "\tcompadd -a names\n}}\n",
                     name, listing(kind));
}

} // namespace

std::string zsh_completion(const Shapes& shapes) {
  std::string commands;
  std::string cases;
  for (const cli::CommandShape& command : shapes) {
    if (command.name.empty())
      continue;
    if (!command.name.starts_with('-'))
      commands += "\n\t\t\t" + single_quoted(command.name + ':' + zsh_escaped(command.about));
    cases += fmt::format("\t\t{}) _arguments{} ;;\n", command.name,
                         zsh_specifications(command, shapes, "\t\t\t"));
  }
  return "#compdef nvmf-policy\n# Made by the build of nvmf-policy of its table of commands.\n" +
         zsh_list("rules", ValueKind::rules) + zsh_list("targets", ValueKind::targets) +
         zsh_list("devices", ValueKind::devices) + zsh_list("nqns", ValueKind::nqns) +
         zsh_list("paths", ValueKind::paths) +
         fmt::format(
             "\n_nvmf-policy() {{\n\tlocal context state state_descr line\n\tlocal -a commands\n"
             "\ttypeset -A opt_args\n\t_arguments -C{} \\\n\t\t'(-)--dry-run[the same as plan]' "
             "\\\n"
             "\t\t'1:command:->command' '*:: :->arguments'\n\tcase $state in\n\tcommand)\n"
             "\t\tcommands=({})\n\t\t_describe -t commands command commands\n\t\t;;\n"
             "\targuments)\n\t\tcase $words[1] in\n{}\t\tesac\n\t\t;;\n\tesac\n}}\n\n"
             "_nvmf-policy \"$@\"\n",
             zsh_specifications(shapes.front(), shapes, "\t\t"), commands, cases);
}

} // namespace nvmf::tools
