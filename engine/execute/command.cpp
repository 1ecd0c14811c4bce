#include "execute/command.hpp"

#include "base/digest.hpp"
#include "execute/json_fields.hpp"
#include "host/request_name.hpp"
#include "plan/id.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t command_version = 1;

base::Result<Command::Path> command_path_from(const Json& json) {
  JsonFields fields(json);
  Command::Path path{.id = fields.required<std::string>("id"),
                     .key = fields.required<std::string>("key")};
  if (!plan::is_id(path.id))
    return base::failure("`id` is not the id of a session", EINVAL);
  return fields.result(std::move(path));
}

base::Result<Command> command_from(const Json& json) {
  JsonFields fields(json);
  if (fields.required<std::uint32_t>("format_version") != command_version)
    return base::failure("written by another version", EINVAL);
  if (fields.required<std::string>("command") != "cancel")
    return base::failure("`command` is not `cancel`", EINVAL);
  Command command{.all = fields.optional<bool>("all").value_or(false)};
  if (const Json& paths = fields.at("paths"); !paths.is_null()) {
    auto read = each_of<Command::Path>(paths, command_path_from);
    if (!read)
      return tl::unexpected(read.error());
    command.paths = std::move(*read);
  }
  if (command.all != command.paths.empty())
    return base::failure("expected either `all` or `paths`", EINVAL);
  return fields.result(std::move(command));
}

} // namespace

std::string to_text(const Command& command) {
  Json json{{"format_version", command_version}, {"command", "cancel"}};
  if (command.all)
    json["all"] = true;
  for (const Command::Path& path : command.paths)
    json["paths"].push_back({{"id", path.id}, {"key", path.key}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

base::Result<Command> command_from_text(std::string_view text) {
  auto const json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    return base::failure("not a JSON object", EINVAL);
  return command_from(json);
}

std::string new_command_path() {
  constexpr std::size_t digits = 16;
  auto const time = std::chrono::steady_clock::now().time_since_epoch().count();
  std::string const hash = base::sha256_hex(fmt::format("{} {}", ::getpid(), time));
  return host::command_path(std::string_view(hash).substr(0, digits));
}

} // namespace nvmf::execute
