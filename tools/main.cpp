// write-tables: writes what is made from the programs' tables. A tool of the build, not installed.
//
//     write-tables manual PAGE.scd OUTPUT [NAME=VALUE...]
//                                     a manual page with tables and values filled in
//     write-tables completions FOLDER   nvmf-policy.bash, .zsh and .fish
//     write-tables schemas FOLDER     the JSON Schemas, FOLDER/NAME.schema.json
//     write-tables compare FOLDER     exit code 1 unless those files are up to date
#include "cli/commands.hpp"
#include "tools/completion.hpp"
#include "tools/manual.hpp"
#include "tools/schemas.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace nvmf;

std::optional<std::string> content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

int complain(const std::string& path, const char* problem) {
  fmt::print(stderr, "write-tables: {}: {}\n", path, problem);
  return 1;
}

int write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  return out.flush() ? 0 : complain(path, "cannot be written");
}

int write_manual(const std::string& page, const std::string& output, std::span<char* const> words) {
  std::map<std::string, std::string> values;
  for (std::string const word : words)
    values[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  auto const text = content(page);
  return text ? write(output, tools::filled_in(*text, values)) : complain(page, "cannot be read");
}

int write_completions(const std::string& folder) {
  const tools::Shapes shapes = cli::shapes_of(cli::commands());
  return write(folder + "/nvmf-policy.bash", tools::bash_completion(shapes)) |
         write(folder + "/nvmf-policy.zsh", tools::zsh_completion(shapes)) |
         write(folder + "/nvmf-policy.fish", tools::fish_completion(shapes));
}

std::string file_of(const std::string& folder, const tools::Schema& schema) {
  return fmt::format("{}/{}.schema.json", folder, schema.name);
}

int write_schemas(const std::string& folder) {
  int result = 0;
  for (const tools::Schema& schema : tools::schemas())
    result |= write(file_of(folder, schema), schema.text);
  return result;
}

int compare_schemas(const std::string& folder) {
  int result = 0;
  for (const tools::Schema& schema : tools::schemas())
    if (content(file_of(folder, schema)) != schema.text)
      result |=
          complain(file_of(folder, schema), "not up to date; build the target `write-schemas`");
  return result;
}

} // namespace

int main(int count, char** arguments) {
  std::span<char* const> const words(arguments, static_cast<std::size_t>(count));
  std::string_view const what = words.size() > 1 ? words[1] : "";
  if (what == "manual" && words.size() >= 4)
    return write_manual(words[2], words[3], words.subspan(4));
  if (what == "completions" && words.size() == 3)
    return write_completions(words[2]);
  if (what == "schemas" && words.size() == 3)
    return write_schemas(words[2]);
  if (what == "compare" && words.size() == 3)
    return compare_schemas(words[2]);
  return complain("usage",
                  "manual PAGE OUTPUT [NAME=VALUE...] | completions FOLDER | schemas FOLDER | "
                  "compare FOLDER");
}
