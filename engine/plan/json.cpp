// Plan → JSON.
#include "plan/json.hpp"

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

Json event_json(const event::Event& event) {
  Json json{{"event", to_string(event.kind)},
            {"subject", event.subject == base::Subject::discovery_controller
                            ? "discovery-controller"
                            : "io-subsystem"},
            {"transport", to_string(event.transport)}};
  auto const put = [&](const char* key, Json value) {
    if (!value.is_null())
      json[key] = std::move(value);
  };
  put("traddr", address_or_null(event.traddr));
  put("trsvcid", service_or_null(event.trsvcid));
  put("host-traddr", address_or_null(event.host_traddr));
  put("host-iface", text_or_null(event.host_iface));
  put("subsystem-nqn", text_or_null(event.subsystem_nqn));
  put("discovery-nqn", text_or_null(event.discovery_nqn));
  put("host-nqn", text_or_null(event.host_nqn));
  put("hostid", text_or_null(event.hostid));
  put("portid", event.portid ? Json(*event.portid) : Json());
  put("secure-channel", event.secure_channel ? Json(to_string(*event.secure_channel)) : Json());
  put("sources", event.sources.empty() ? Json() : Json(event.sources));
  put("udev", event.udev.empty() ? Json() : Json(event.udev));
  put("device", text_or_null(event.device));
  put("target", text_or_null(event.target));
  return json;
}

Json tid_json(const Tid& tid) {
  return {{"transport", tid.transport ? Json(to_string(*tid.transport)) : Json()},
          {"traddr", address_or_null(tid.traddr)},
          {"trsvcid", service_or_null(tid.trsvcid)},
          {"host-traddr", address_or_null(tid.host_traddr)},
          {"host-iface", text_or_null(tid.host_iface)},
          {"subsystem-nqn", text_or_null(tid.subsystem_nqn)},
          {"host-nqn", text_or_null(tid.host_nqn)},
          {"hostid", text_or_null(tid.hostid)}};
}

// 2, not 2.0: a factor is nearly always a whole number.
Json factor_json(double factor) {
  auto const whole = static_cast<std::int64_t>(factor);
  return static_cast<double>(whole) == factor ? Json(whole) : Json(factor);
}

Json retry_json(const Retry& retry) {
  return {{"first-delay-ms", retry.first_delay.count()},
          {"factor", factor_json(retry.factor)},
          {"max-delay-ms", retry.max_delay.count()},
          {"jitter-percent", retry.jitter_percent},
          {"attempts", retry.attempts ? Json(*retry.attempts) : Json()},
          {"give-up-after-ms", duration_or_null(retry.give_up_after)},
          {"slow-delay-ms", retry.slow_delay.count()}};
}

Json option_json(const base::OptionValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return *number;
  if (const auto* flag = std::get_if<bool>(&value))
    return *flag;
  if (const auto* text = std::get_if<std::string>(&value))
    return *text;
  return {};
}

void put_options(Json& json, const ResolvedOptions& options) {
  Json connect = Json::object();
  Json secrets = Json::object();
  Json origins = Json::object();
  for (const auto& [id, option] : options) {
    std::string const name(base::connect_option(id).name);
    if (const auto* secret = std::get_if<base::SecretRef>(&option.value))
      secrets[name] = {{std::string(to_string(secret->kind)), secret->name}};
    else
      connect[name] = option_json(option.value);
    origins[name] = option.origin;
  }
  json["connect"] = std::move(connect);
  json["secrets"] = std::move(secrets);
  json["origins"] = std::move(origins);
}

Json item_json(const Item& item) {
  bool const wanted =
      item.outcome != decide::Outcome::ignored && item.outcome != decide::Outcome::denied;
  Json json{{"outcome", to_string(item.outcome)},
            {"reason", item.reason ? Json(to_string(*item.reason)) : Json()},
            {"detail", text_or_null(item.detail)},
            {"event", to_string(item.event)},
            {"parent", item.parent ? Json(*item.parent) : Json()},
            {"tid", tid_json(item.tid)},
            {"device", text_or_null(item.device)}};
  put_options(json, item.connect);
  json["retry"] = wanted ? retry_json(item.retry) : Json();
  json["decided_by"] =
      item.decided_by
          ? Json{{"kind", item.decided_by->kind == DecidedBy::Kind::guard ? "guard" : "rule"},
                 {"name", item.decided_by->name},
                 {"path", item.decided_by->path},
                 {"line", item.decided_by->line}}
          : Json();
  json["closest"] = text_or_null(item.closest);
  if (item.subject == base::Subject::discovery_controller && wanted) {
    json["persistent"] =
        item.persistent_if_supported ? Json("if-supported") : Json(item.keep_connected);
    json["referrals"] = item.follow_referrals ? "follow" : "ignore";
  } else if (wanted) {
    json["probe"] = item.probe;
    json["expect-paths"] = item.expect_paths ? Json(*item.expect_paths) : Json();
  }
  if (!item.left_out.empty())
    for (base::OptionId id : item.left_out)
      json["left-out"].push_back(base::connect_option(id).name);
  if (!item.string.empty())
    json["string"] = item.string;
  return json;
}

Json plan_json(const Plan& plan) {
  Json items = Json::array();
  for (const Item& item : plan.items)
    items.push_back(item_json(item));
  // An event from which nothing follows has no endpoint and so no id.
  bool const has_endpoint = !plan.id.empty();
  return {{"id", has_endpoint ? Json(plan.id) : Json()},
          {"event", has_endpoint ? event_json(plan.event) : Json()},
          {"items", std::move(items)}};
}

Json policy_json(const PolicyStamp& policy) {
  return {{"digest", policy.digest}, {"files", policy.files}};
}

std::string text_of(const Json& json) {
  // What is not UTF-8 was escaped long before; `replace` only makes sure that nothing throws here.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string to_json(const PolicyStamp& policy, const std::vector<Plan>& plans) {
  Json json{{"format_version", format_version},
            {"policy", policy_json(policy)},
            {"plans", Json::array()},
            {"summary", Json::object()}};
  for (const Plan& plan : plans)
    json["plans"].push_back(plan_json(plan));
  for (const auto& [outcome, count] : summary(plans))
    json["summary"][std::string(to_string(outcome))] = count;
  return text_of(json);
}

Json request_value(const Plan& plan) {
  Json json{{"format_version", format_version}, {"policy", policy_json(plan.policy)}};
  json["undecided"] = plan.undecided;
  json.update(plan_json(plan));
  return json;
}

std::string to_request(const Plan& plan) { return text_of(request_value(plan)); }

} // namespace nvmf::plan
