#include "cli/usage.hpp"

#include "base/nearest.hpp"
#include "base/wire_text.hpp"
#include "cli/terminal.hpp"
#include "diag/catalogue.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

ExitCode usage_error(std::string_view command, const UsageError& error) {
  complain(error.message);
  if (!error.help.empty())
    print_error(fmt::format("  help: {}\n", error.help));
  print_error(fmt::format("  try `nvmf-policy {}{}--help`\n", command, command.empty() ? "" : " "));
  return ExitCode::usage;
}

ExitCode usage_error(std::string_view command, std::string_view message) {
  return usage_error(command, UsageError{std::string(message), {}});
}

bool is_one_of(std::string_view value, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), value) != words.end();
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("`{}`", words[i]);
  }
  return list;
}

std::string not_one_of(std::string_view value, const std::vector<std::string>& words) {
  const std::string help = base::suggestion(value, words);
  return fmt::format("is {}, not `{}`{}{}", alternatives(words), base::escaped(value),
                     help.empty() ? "" : "\n", help);
}

std::string help_with_code(std::string_view word) {
  std::vector<std::string> names;
  for (const diag::CatalogueEntry& entry : diag::catalogue()) {
    names.push_back(diag::code_name(entry.code));
    names.emplace_back(entry.slug);
  }
  const std::string help = base::suggestion(word, names);
  return help.empty() ? "`nvmf-policy code --all` lists them" : help;
}

} // namespace nvmf::cli
