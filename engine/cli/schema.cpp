// `nvmf-policy schema`: the JSON Schemas of what this program reads and writes.
#include "cli/commands.hpp"
#include "cli/schemas.hpp"
#include "cli/terminal.hpp"

#include <memory>

namespace nvmf::cli {

Runner declare_schema(Options& options) {
  auto name = std::make_shared<std::string>();
  const auto argument =
      options.argument("NAME", "policy, test, event, plan, facts, status, check or explain", *name);
  Options::required(argument);
  std::vector<std::string> names;
  for (const Schema& schema : schemas())
    names.emplace_back(schema.name);
  options.one_of(argument, names);
  return [name](const Globals&) {
    for (const Schema& schema : schemas())
      if (schema.name == *name)
        print(schema.text);
    return ExitCode::done;
  };
}

} // namespace nvmf::cli
