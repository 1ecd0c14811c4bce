#include "execute/command.hpp"

#include "plan/id.hpp"

#include <cerrno>
#include <nlohmann/json.hpp>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;
constexpr std::string_view suffix = ".command.json";

bool is_text(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string();
}

} // namespace

std::string to_text(const Command& command) {
  Json json{{"format_version", format_version}, {"command", "cancel"}};
  if (command.all)
    json["all"] = true;
  else
    json["paths"] = Json::array();
  for (const Command::Path& path : command.paths)
    json["paths"].push_back({{"id", path.id}, {"key", path.key}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

base::Result<Command> command_from_text(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return base::failure("not a JSON object", EINVAL);
  if (json.value("format_version", Json()) != format_version)
    return base::failure("`format_version` is not 1", EINVAL);
  if (json.value("command", Json()) != "cancel")
    return base::failure("`command` is not `cancel`", EINVAL);
  Command command;
  command.all = json.value("all", Json()) == true;
  Json const paths = json.value("paths", Json::array());
  if (!paths.is_array())
    return base::failure("`paths` is not a list", EINVAL);
  for (const Json& path : paths) {
    if (!is_text(path, "id") || !is_text(path, "key") ||
        !plan::is_id(path["id"].get<std::string>()))
      return base::failure("an element of `paths` has no valid `id` and `key`", EINVAL);
    command.paths.push_back({path["id"].get<std::string>(), path["key"].get<std::string>()});
  }
  return command;
}

bool is_command_name(std::string_view file_name) {
  return file_name.ends_with(suffix) &&
         plan::is_id(file_name.substr(0, file_name.size() - suffix.size()));
}

} // namespace nvmf::execute
