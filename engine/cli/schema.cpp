// `nvmf-policy schema`: the JSON Schemas of what this program reads and writes.
#include "cli/commands.hpp"
#include "cli/schemas.hpp"
#include "cli/terminal.hpp"

#include <memory>

namespace nvmf::cli {

Runner declare_schema(Options& options) {
  auto name = std::make_shared<std::string>();
  const auto argument = options.argument("NAME", "policy, test, event or plan", *name);
  Options::required(argument);
  Options::one_of(argument, schema_names());
  return [name](const Globals&) {
    print(*schema_called(*name));
    return ExitCode::done;
  };
}

} // namespace nvmf::cli
