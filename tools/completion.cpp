#include "tools/completion.hpp"

#include "diag/catalogue.hpp"
#include "event/codec.hpp"
#include "policy/key_reference.hpp"

#include <fmt/format.h>
#include <set>
#include <string_view>

namespace nvmf::tools {

namespace {

// The keys of a policy, each by its own name: the program says where several have it.
std::vector<std::string> key_names() {
  std::set<std::string> names;
  for (const policy::KeyPlace& place : policy::all_key_places())
    names.emplace(place.key->name);
  return {names.begin(), names.end()};
}

// The names of the list that `show` prints as JSON, and what is behind the file in a full name:
// `discovery` of `50-autoconnect/discovery`. Lists within the list have names of their own.
std::string names_shown(const char* what) {
  return fmt::format(R"sh(nvmf-policy show {} --format json 2>/dev/null | )sh", what) +
         R"sh(sed -n '/^      "name": /{s/^ *"name": "\(.*\)",*$/\1/;p;s#.*/##p;}')sh";
}

// Where others take files of that name, these take paths to a subsystem.
bool takes_paths_of_host(std::string_view command) {
  return command == "cancel" || command == "disconnect" || command == "resume";
}

} // namespace

Values values_of(const cli::CommandShape& command, const cli::OptionShape& option,
                 const Shapes& shapes) {
  if (!option.words.empty())
    return {ValueKind::words, option.words};
  const std::string& type = option.is_argument ? option.names.front() : option.type;
  if (type == "PATH" && option.is_argument && takes_paths_of_host(command.name))
    return {ValueKind::paths, {}};
  if (type == "FILE" || type == "PATH" || type == "OLD" || type == "NEW")
    return {ValueKind::files, {}};
  if (type == "DIR")
    return {ValueKind::folders, {}};
  if (type == "RULE" || (type == "NAME" && command.name == "show"))
    return {ValueKind::rules, {}};
  if (option.names.back() == "--target")
    return {ValueKind::targets, {}};
  if (option.names.back() == "--device")
    return {ValueKind::devices, {}};
  if (option.names.back() == "--subsystem")
    return {ValueKind::nqns, {}};
  Values values;
  if (type == "CODE")
    for (const diag::CatalogueEntry& entry : diag::catalogue())
      values.words.push_back(diag::code_name(entry.code));
  if (type == "COMMAND")
    for (const cli::CommandShape& one : shapes)
      if (!one.name.empty() && !one.name.starts_with('-'))
        values.words.push_back(one.name);
  if (type == "KEY=VALUE")
    for (const event::Field& field : event::fields())
      if (field.name != "udev") // whose words are `udev.NAME=`
        values.words.push_back(std::string(field.name) + '=');
  if (type == "KEY")
    values.words = key_names();
  if (!values.words.empty())
    values.kind = ValueKind::words;
  return values;
}

bool takes_value(const cli::OptionShape& option) {
  return !option.is_argument && !option.type.empty() && !option.type.starts_with('[');
}

std::string listing(ValueKind kind) {
  if (kind == ValueKind::rules)
    return names_shown("rules");
  if (kind == ValueKind::targets)
    return names_shown("targets");
  if (kind == ValueKind::nqns)
    return R"sh(nvmf-policy status --format json 2>/dev/null | )sh"
           R"sh(sed -n 's/^ *"\(subsystem-\)*nqn": "\(.*\)",*$/\2/p' | sort -u)sh";
  if (kind == ValueKind::paths)
    return listing(ValueKind::nqns) + "; " + listing(ValueKind::devices) + "; " +
           listing(ValueKind::targets);
  return "ls /sys/class/nvme 2>/dev/null";
}

std::string single_quoted(const std::string& text) {
  std::string result = "'";
  for (char const c : text)
    result += c == '\'' ? std::string(R"sh('\'')sh") : std::string(1, c);
  return result + "'";
}

} // namespace nvmf::tools
