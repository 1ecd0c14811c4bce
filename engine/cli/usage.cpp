#include "cli/usage.hpp"

#include "base/nearest.hpp"
#include "base/wire_text.hpp"
#include "cli/terminal.hpp"

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

UsageError not_one_of(std::string_view option, std::string_view value,
                      const std::vector<std::string>& words) {
  UsageError error{
      fmt::format("`{}` is {}, not `{}`", option, alternatives(words), base::escaped(value)), {}};
  if (const auto near = base::nearest(value, words))
    error.help = fmt::format("did you mean `{}`?", *near);
  return error;
}

} // namespace nvmf::cli
