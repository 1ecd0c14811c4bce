#include "execute/intent.hpp"

#include "base/local_trouble.hpp"
#include "execute/json_fields.hpp"
#include "execute/tid_json.hpp"
#include "plan/json.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t intent_limit = std::size_t{1024} * 1024;

} // namespace

std::string to_json(const Intent& intent) {
  Json json;
  json["id"] = intent.id;
  json["stay"] = intent.stay == Stay::persistent;
  json["tid"] = plan::tid_value(intent.tid);
  json["newest"] = intent.newest;
  json["policy_digest"] = intent.policy_digest;
  return json.dump() + "\n";
}

base::Result<Intent> intent_from_json(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return base::failure("not a JSON object", EINVAL);
  JsonFields fields(json);
  return fields.result(
      Intent{.id = fields.required<std::string>("id"),
             .stay = fields.required<bool>("stay") ? Stay::persistent : Stay::transient,
             .tid = fields.taken("tid", tid_from_json(fields.at("tid"))),
             .newest = fields.optional<std::uint64_t>("newest").value_or(0),
             .policy_digest = fields.text_or_empty("policy_digest")});
}

base::Result<std::string> write_intent(base::FileSystem& files, const Intent& intent) {
  if (auto made = files.make_directories(std::string(intents_directory), 0700); !made)
    return tl::unexpected(made.error());
  std::string path = fmt::format("{}/{}.json", intents_directory, intent.id);
  if (auto written = files.write_atomically(path, to_json(intent), 0600); !written)
    return tl::unexpected(written.error());
  return path;
}

void remove_intent(base::FileSystem& files, const std::string& path) { (void)files.remove(path); }

std::vector<FoundIntent> left_over_intents(base::FileSystem& files) {
  std::vector<FoundIntent> found;
  auto const names = files.list(std::string(intents_directory));
  if (!names)
    return found;
  for (const std::string& name : *names) {
    std::string const path = fmt::format("{}/{}", intents_directory, name);
    auto const text = files.read(path, intent_limit);
    // Without descriptors or memory nobody knows whether it is one: it is there for the next look.
    if (!text && base::is_local_trouble(text.error().code))
      continue;
    auto intent = text ? intent_from_json(*text) : base::failure("unreadable");
    if (intent)
      found.push_back({path, std::move(*intent)});
    else
      remove_intent(files, path);
  }
  return found;
}

} // namespace nvmf::execute
