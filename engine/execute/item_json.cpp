#include "execute/item_json.hpp"

#include "execute/items_json.hpp"
#include "execute/json_fields.hpp"
#include "execute/tid_json.hpp"
#include "plan/json.hpp"
#include "plan/json_object.hpp"

#include <array>
#include <string>
#include <variant>

namespace nvmf::execute {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array secret_kinds{base::SecretRef::Kind::credential, base::SecretRef::Kind::keyring,
                                  base::SecretRef::Kind::file};

template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json value_to_json(const base::OptionValue& value) {
  if (const auto* secret = std::get_if<base::SecretRef>(&value))
    return {{"kind", to_string(secret->kind)}, {"name", secret->name}};
  return plan::option_value(value);
}

base::Result<base::OptionValue> secret_from(const Json& json) {
  JsonFields fields(json);
  auto const word = fields.required<std::string>("kind");
  std::optional<base::SecretRef::Kind> kind;
  for (base::SecretRef::Kind const one : secret_kinds)
    if (to_string(one) == word)
      kind = one;
  return fields.result(base::OptionValue(base::SecretRef{
      .kind = fields.known("kind", kind), .name = fields.required<std::string>("name")}));
}

base::Result<base::OptionValue> value_from(const Json& json) {
  if (json.is_object())
    return secret_from(json);
  if (json.is_null())
    return base::OptionValue();
  if (json.is_boolean())
    return base::OptionValue(json.get<bool>());
  if (json.is_string())
    return base::OptionValue(json.get<std::string>());
  Json const only = Json::array({json});
  JsonFields fields(only);
  return fields.result(base::OptionValue(fields.required<std::int64_t>(std::size_t{0})));
}

Json options_to_json(const plan::ResolvedOptions& options) {
  Json json = plan::object_with_room(options.size());
  for (const auto& [id, option] : options)
    json[std::string(base::connect_option(id).name)] = {{"value", value_to_json(option.value)},
                                                        {"origin", option.origin},
                                                        {"path", option.path},
                                                        {"line", option.line}};
  return json;
}

base::Result<plan::ResolvedOptions> options_from(const Json& json) {
  plan::ResolvedOptions options;
  if (!json.is_object())
    return base::failure("is not an object", EINVAL);
  for (const auto& [name, value] : json.items()) {
    const base::ConnectOption* const option = base::find_connect_option(name);
    if (!option)
      return base::failure("is not a connect option: " + name, EINVAL);
    JsonFields fields(value);
    auto resolved = fields.result(
        plan::ResolvedOption{.value = fields.taken("value", value_from(fields.at("value"))),
                             .origin = fields.required<std::string>("origin"),
                             .path = fields.required<std::string>("path"),
                             .line = fields.required<std::uint32_t>("line")});
    if (!resolved)
      return tl::unexpected(resolved.error());
    options.emplace(option->id, std::move(*resolved));
  }
  return options;
}

Json retry_to_json(const plan::Retry& retry) {
  return {{"attempts", value_or_null(retry.attempts)},
          {"first-delay-ms", retry.first_delay.count()},
          {"factor", retry.factor},
          {"max-delay-ms", retry.max_delay.count()},
          {"jitter-percent", retry.jitter_percent},
          {"give-up-after-ms", retry.give_up_after.count()},
          {"slow-delay-ms", retry.slow_delay.count()}};
}

base::Result<plan::Retry> retry_from(const Json& json) {
  JsonFields fields(json);
  auto const time = [&](const char* key) {
    return base::Duration(fields.required<std::int64_t>(key));
  };
  return fields.result(plan::Retry{.attempts = fields.optional<std::uint32_t>("attempts"),
                                   .first_delay = time("first-delay-ms"),
                                   .factor = fields.required<double>("factor"),
                                   .max_delay = time("max-delay-ms"),
                                   .jitter_percent = fields.required<unsigned>("jitter-percent"),
                                   .give_up_after = time("give-up-after-ms"),
                                   .slow_delay = time("slow-delay-ms")});
}

Json decided_by_to_json(const std::optional<plan::DecidedBy>& decided_by) {
  if (!decided_by)
    return {};
  return {{"kind", to_string(decided_by->kind)},
          {"name", decided_by->name},
          {"path", decided_by->path},
          {"line", decided_by->line}};
}

base::Result<std::optional<plan::DecidedBy>> decider_from(const Json& json) {
  if (json.is_null())
    return std::optional<plan::DecidedBy>();
  auto decided_by = decided_by_from_json(json);
  if (!decided_by)
    return tl::unexpected(decided_by.error());
  JsonFields fields(json);
  decided_by->path = fields.required<std::string>("path");
  decided_by->line = fields.required<std::uint32_t>("line");
  return fields.result(std::optional(std::move(*decided_by)));
}

Json firmware_to_json(const std::optional<plan::FirmwarePath>& path) {
  if (!path)
    return {};
  return {{"was-unavailable", path->was_unavailable},
          {"address-may-have-moved", path->address_may_have_moved}};
}

base::Result<std::optional<plan::FirmwarePath>> firmware_from(const Json& json) {
  if (json.is_null())
    return std::optional<plan::FirmwarePath>();
  JsonFields fields(json);
  return fields.result(std::optional(plan::FirmwarePath{
      .was_unavailable = fields.required<bool>("was-unavailable"),
      .address_may_have_moved = fields.required<bool>("address-may-have-moved")}));
}

Json names_to_json(const std::vector<base::OptionId>& options) {
  Json json = Json::array();
  for (base::OptionId const id : options)
    json.push_back(base::connect_option(id).name);
  return json;
}

base::Result<std::string> text_from(const Json& json) {
  if (!json.is_string())
    return base::failure("is not a text", EINVAL);
  return json.get<std::string>();
}

base::Result<base::OptionId> option_from(const Json& json) {
  const base::ConnectOption* const option =
      json.is_string() ? base::find_connect_option(json.get<std::string>()) : nullptr;
  if (!option)
    return base::failure("is not a connect option", EINVAL);
  return option->id;
}

// A number of the enumeration, of which `last` is the greatest.
template <class Enum>
std::optional<Enum> enum_from(std::optional<std::uint8_t> number, Enum last) {
  bool const known = number && *number <= static_cast<std::uint8_t>(last);
  return known ? std::optional(static_cast<Enum>(*number)) : std::nullopt;
}

// The members that an item of a discovery controller and one of a subsystem have for themselves.
void read_kind(plan::Item& item, JsonFields& fields) {
  item.keep_connected = fields.required<bool>("keep-connected");
  item.persistent_if_supported = fields.required<bool>("persistent-if-supported");
  item.follow_referrals = fields.required<bool>("follow-referrals");
  item.poll = base::Duration(fields.required<std::int64_t>("poll-ms"));
  item.sources = fields.taken("sources", each_of<std::string>(fields.at("sources"), text_from));
  item.probe = fields.required<bool>("probe");
  item.expect_paths = fields.optional<std::uint32_t>("expect-paths");
  item.firmware = fields.taken("firmware", firmware_from(fields.at("firmware")));
  item.slow_lane = fields.required<bool>("slow-lane");
}

void read_decision(plan::Item& item, JsonFields& fields) {
  item.outcome =
      fields.known("outcome", decide::parse_outcome(fields.required<std::string>("outcome")));
  if (auto const reason = fields.optional<std::string>("reason"))
    item.reason = fields.known("reason", decide::parse_reason(*reason));
  item.detail = fields.required<std::string>("detail");
  item.parent = fields.optional<std::size_t>("parent");
  item.subject = fields.known(
      "subject", enum_from(fields.optional<std::uint8_t>("subject"), base::Subject::io_subsystem));
  item.event = fields.known(
      "event", enum_from(fields.optional<std::uint8_t>("event"), base::EventKind::controller_lost));
  item.decided_by = fields.taken("decided-by", decider_from(fields.at("decided-by")));
  item.closest = fields.required<std::string>("closest");
}

} // namespace

Json item_to_json(const plan::Item& item) {
  constexpr std::size_t members = 26;
  Json json = plan::object_with_room(members);
  json["outcome"] = to_string(item.outcome);
  json["reason"] = item.reason ? Json(to_string(*item.reason)) : Json();
  json["detail"] = item.detail;
  json["parent"] = value_or_null(item.parent);
  json["subject"] = static_cast<std::uint8_t>(item.subject);
  json["event"] = static_cast<std::uint8_t>(item.event);
  json["tid"] = plan::tid_value(item.tid);
  json["connect"] = options_to_json(item.connect);
  json["retry"] = retry_to_json(item.retry);
  json["decided-by"] = decided_by_to_json(item.decided_by);
  json["closest"] = item.closest;
  json["device"] = item.device;
  json["bystander"] = item.bystander;
  json["string"] = item.string;
  json["keep-connected"] = item.keep_connected;
  json["persistent-if-supported"] = item.persistent_if_supported;
  json["follow-referrals"] = item.follow_referrals;
  json["poll-ms"] = item.poll.count();
  json["sources"] = item.sources;
  json["probe"] = item.probe;
  json["expect-paths"] = value_or_null(item.expect_paths);
  json["firmware"] = firmware_to_json(item.firmware);
  json["slow-lane"] = item.slow_lane;
  json["left-out"] = names_to_json(item.left_out);
  return json;
}

base::Result<plan::Item> item_from_json(const Json& json) {
  JsonFields fields(json);
  plan::Item item{.tid = fields.taken("tid", tid_from_json(fields.at("tid"))),
                  .connect = fields.taken("connect", options_from(fields.at("connect"))),
                  .retry = fields.taken("retry", retry_from(fields.at("retry"))),
                  .device = fields.required<std::string>("device"),
                  .bystander = fields.required<std::string>("bystander"),
                  .string = fields.required<std::string>("string"),
                  .left_out = fields.taken(
                      "left-out", each_of<base::OptionId>(fields.at("left-out"), option_from))};
  read_decision(item, fields);
  read_kind(item, fields);
  return fields.result(std::move(item));
}

} // namespace nvmf::execute
