// `nvmf-policy schema`: the JSON Schemas of what this program reads and writes.
#include "cli/commands.hpp"
#include "cli/schemas.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

ExitCode run_schema(const std::vector<std::string>& words) {
  if (words.size() != 1)
    return usage_error("schema",
                       UsageError{"which schema?", "`policy`, `test`, `event` or `plan`"});
  const auto schema = schema_called(words.front());
  if (!schema)
    return usage_error("schema", not_one_of("schema", words.front(), schema_names()));
  print(*schema);
  return ExitCode::done;
}

} // namespace

Runner declare_schema(Options& options) {
  auto words = std::make_shared<std::vector<std::string>>();
  options.arguments("NAME", "policy, test, event or plan", *words);
  return [words](const Globals&) { return run_schema(*words); };
}

} // namespace nvmf::cli
