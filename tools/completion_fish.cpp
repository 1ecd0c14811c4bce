#include "tools/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nvmf::tools {

namespace {

std::string fish_quoted(const std::string& text) {
  std::string result = "'";
  for (char const c : text) {
    if (c == '\'' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + "'";
}

// The words of `complete` for what may follow.
std::string fish_values(const Values& values) {
  switch (values.kind) {
  case ValueKind::none:
    return {};
  case ValueKind::words:
    return " -a " + fish_quoted(fmt::format("{}", fmt::join(values.words, " ")));
  case ValueKind::files:
    return " -F";
  case ValueKind::folders:
    return " -a '(__fish_complete_directories)'";
  case ValueKind::rules:
    return " -a '(__nvmf_policy_rules)'";
  case ValueKind::targets:
    return " -a '(__nvmf_policy_targets)'";
  case ValueKind::devices:
    return " -a '(__nvmf_policy_devices)'";
  case ValueKind::nqns:
    return " -a '(__nvmf_policy_nqns)'";
  case ValueKind::paths:
    return " -a '(__nvmf_policy_paths)'";
  }
  return {};
}

std::string fish_option(const std::string& condition, const cli::CommandShape& command,
                        const cli::OptionShape& option, const Shapes& shapes) {
  const Values values = values_of(command, option, shapes);
  std::string line = "complete -c nvmf-policy -n " + condition;
  for (const std::string& name : option.names)
    if (!option.is_argument)
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (option.is_argument && values.kind == ValueKind::none)
    return {};
  if (takes_value(option)) // `-x`: files are not offered beside the value
    line += values.kind == ValueKind::files ? " -r" : " -x";
  if (option.is_argument || takes_value(option))
    line += fish_values(values);
  return line + " -d " + fish_quoted(option.is_argument ? option.names.front() : option.about) +
         '\n';
}

std::string fish_list(const char* name, ValueKind kind) {
  return fmt::format("function __nvmf_policy_{}\n    {}\nend\n\n", name, listing(kind));
}

} // namespace

std::string fish_completion(const Shapes& shapes) {
  std::string text =
      "# fish completion for nvmf-policy, made by its build of the table of commands\n\n" +
      fish_list("rules", ValueKind::rules) + fish_list("targets", ValueKind::targets) +
      fish_list("devices", ValueKind::devices) + fish_list("nqns", ValueKind::nqns) +
      fish_list("paths", ValueKind::paths) + "complete -c nvmf-policy -f\n";
  for (const cli::CommandShape& command : shapes) {
    if (command.name.starts_with('-'))
      continue;
    const std::string condition = command.name.empty()
                                      ? "__fish_use_subcommand"
                                      : "'__fish_seen_subcommand_from " + command.name + "'";
    if (command.name.empty())
      text += "complete -c nvmf-policy -n __fish_use_subcommand -l dry-run -d 'the same as plan'\n";
    else
      text += fmt::format("complete -c nvmf-policy -n __fish_use_subcommand -a {} -d {}\n",
                          command.name, fish_quoted(command.about));
    for (const cli::OptionShape& option : command.options)
      text += fish_option(condition, command, option, shapes);
  }
  return text;
}

} // namespace nvmf::tools
