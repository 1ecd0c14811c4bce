// Plan → JSON.
#include "plan/json.hpp"

#include "plan/event_json.hpp"
#include "plan/json_object.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::plan {

namespace {

using Json = nlohmann::ordered_json;
constexpr int format_version = 1;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json address_or_null(const std::optional<base::Traddr>& address) {
  return address ? Json(address->to_string()) : Json();
}

Json service_or_null(std::optional<std::uint16_t> trsvcid) {
  return trsvcid ? Json(std::to_string(*trsvcid)) : Json();
}

Json duration_or_null(base::Duration duration) {
  return duration == base::infinite_duration ? Json() : Json(duration.count());
}

// 2, not 2.0: a factor is nearly always a whole number.
Json factor_json(double factor) {
  auto const whole = static_cast<std::int64_t>(factor);
  return static_cast<double>(whole) == factor ? Json(whole) : Json(factor);
}

Json retry_json(const Retry& retry, bool slow_lane) {
  Json json = object_with_room(8);
  json["lane"] = slow_lane ? "slow" : "fast";
  json["first-delay-ms"] = retry.first_delay.count();
  json["factor"] = factor_json(retry.factor);
  json["max-delay-ms"] = retry.max_delay.count();
  json["jitter-percent"] = retry.jitter_percent;
  json["attempts"] = retry.attempts ? Json(*retry.attempts) : Json();
  json["give-up-after-ms"] = duration_or_null(retry.give_up_after);
  json["slow-delay-ms"] = retry.slow_delay.count();
  return json;
}

void put_options(Json& json, const ResolvedOptions& options) {
  Json connect = object_with_room(options.size());
  Json secrets = Json::object();
  Json origins = object_with_room(options.size());
  for (const auto& [id, option] : options) {
    std::string const name(base::connect_option(id).name);
    if (const auto* secret = std::get_if<base::SecretRef>(&option.value))
      secrets[name] = {{std::string(to_string(secret->kind)), secret->name}};
    else
      connect[name] = option_value(option.value);
    origins[name] = option.origin;
  }
  json["connect"] = std::move(connect);
  json["secrets"] = std::move(secrets);
  json["origins"] = std::move(origins);
}

Json item_json(const Item& item) {
  bool const wanted =
      item.outcome != decide::Outcome::ignored && item.outcome != decide::Outcome::denied;
  constexpr std::size_t most_members = 20;
  Json json = object_with_room(most_members);
  json["outcome"] = to_string(item.outcome);
  json["reason"] = item.reason ? Json(to_string(*item.reason)) : Json();
  json["detail"] = text_or_null(item.detail);
  // An event that must not trigger has no kind of the language.
  bool const is_of_no_kind = item.reason == decide::Reason::event_ignored;
  json["event"] = is_of_no_kind ? Json() : Json(to_string(item.event));
  json["parent"] = item.parent ? Json(*item.parent) : Json();
  json["tid"] = tid_value(item.tid);
  json["device"] = text_or_null(item.device);
  if (!item.bystander.empty())
    json["bystander"] = item.bystander;
  put_options(json, item.connect);
  json["retry"] = wanted ? retry_json(item.retry, item.slow_lane) : Json();
  json["decided_by"] = item.decided_by ? decided_by_value(*item.decided_by) : Json();
  json["closest"] = text_or_null(item.closest);
  if (item.subject == base::Subject::discovery_controller && wanted) {
    json["persistent"] =
        item.persistent_if_supported ? Json("if-supported") : Json(item.keep_connected);
    json["referrals"] = item.follow_referrals ? "follow" : "ignore";
    json["poll-ms"] = duration_or_null(item.poll);
  } else if (wanted) {
    json["probe"] = item.probe;
    json["expect-paths"] = item.expect_paths ? Json(*item.expect_paths) : Json();
    if (item.firmware)
      json["firmware"] = {{"was-unavailable", item.firmware->was_unavailable},
                          {"address-may-have-moved", item.firmware->address_may_have_moved}};
  }
  if (!item.left_out.empty())
    for (base::OptionId id : item.left_out)
      json["left-out"].push_back(base::connect_option(id).name);
  if (!item.string.empty())
    json["string"] = item.string;
  return json;
}

// Adds `id`, `event` and `items`.
void put_plan(Json& json, const Plan& plan) {
  // An event from which nothing follows has no endpoint and so no id.
  bool const has_endpoint = !plan.id.empty();
  json["id"] = has_endpoint ? Json(plan.id) : Json();
  json["event"] = has_endpoint ? event_value({.event = plan.event}, UnsetFields::left_out) : Json();
  Json items = Json::array();
  for (const Item& item : plan.items)
    items.push_back(item_json(item));
  json["items"] = std::move(items);
}

Json policy_json(const PolicyStamp& policy) {
  return {{"digest", policy.digest}, {"files", policy.files}};
}

std::string text_of(const Json& json) {
  // Bytes that are not UTF-8 were escaped long before; `replace` only makes sure that nothing
  // throws here.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string to_json(const PolicyStamp& policy, const std::vector<Plan>& plans) {
  Json json{{"format_version", format_version},
            {"policy", policy_json(policy)},
            {"plans", Json::array()},
            {"summary", Json::object()}};
  for (const Plan& plan : plans)
    put_plan(json["plans"].emplace_back(Json::object()), plan);
  for (const auto& [outcome, count] : summary(plans))
    json["summary"][std::string(to_string(outcome))] = count;
  return text_of(json);
}

Json option_value(const base::OptionValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return *number;
  if (const auto* flag = std::get_if<bool>(&value))
    return *flag;
  if (const auto* text = std::get_if<std::string>(&value))
    return *text;
  return {};
}

Json tid_value(const Tid& tid) {
  Json json = object_with_room(8);
  base::Endpoint const endpoint = tid.endpoint.value_or(base::Endpoint());
  json["transport"] = tid.endpoint ? Json(to_string(endpoint.transport)) : Json();
  json["traddr"] = address_or_null(endpoint.traddr);
  json["trsvcid"] = service_or_null(endpoint.trsvcid);
  json["host-traddr"] = address_or_null(endpoint.host_traddr);
  json["host-iface"] = text_or_null(endpoint.host_iface);
  json["subsystem-nqn"] = text_or_null(tid.subsystem_nqn);
  json["host-nqn"] = text_or_null(tid.host_nqn);
  json["hostid"] = text_or_null(tid.hostid);
  return json;
}

Json decided_by_value(const DecidedBy& decided_by) {
  Json json = object_with_room(4);
  json["kind"] = to_string(decided_by.kind);
  json["name"] = decided_by.name;
  if (decided_by.path.empty()) // a table of the firmware has no lines
    return json;
  json["path"] = decided_by.path;
  json["line"] = decided_by.line;
  return json;
}

Json request_value(const Plan& plan) {
  Json json = object_with_room(6);
  json["format_version"] = format_version;
  json["policy"] = policy_json(plan.policy);
  json["undecided"] = plan.undecided;
  put_plan(json, plan);
  return json;
}

std::string to_request(const Plan& plan) { return text_of(request_value(plan)); }

} // namespace nvmf::plan
