#include "base/utc_text.hpp"
#include "cli/endpoint_json.hpp"
#include "cli/remedy.hpp"
#include "cli/status_compare.hpp"
#include "cli/status_report.hpp"
#include "plan/json.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

Json service_or_null(std::optional<std::uint16_t> trsvcid) {
  return trsvcid ? Json(std::to_string(*trsvcid)) : Json();
}

Json reason_or_null(const plan::Item* item) {
  return item && item->reason ? Json(to_string(*item->reason)) : Json();
}

Json json_of(const StatusReport& report, const execute::PathRecord& path, const plan::Item* item) {
  const bool is_live = path.state == execute::PathState::live;
  Json json{{"state", state_word(path)}};
  put_endpoint(json, path.subject, path.tid);
  json["rule"] = text_or_null(path.rule);
  json["device"] = text_or_null(path.device);
  json["tries"] = path.tries;
  json["next-try-ms"] = path.next_try ? Json((*path.next_try - report.now).count()) : Json();
  json["outcome"] = item ? Json(to_string(item->outcome)) : Json();
  json["error-class"] = path.error_class ? Json(to_string(*path.error_class)) : Json();
  json["reason"] = is_live ? reason_or_null(item) : text_or_null(path.reason);
  json["detail"] = is_live && item ? text_or_null(item->detail) : Json();
  json["remedy"] = text_or_null(remedy_for(path));
  const auto wiring = report.wiring.find(path.device);
  const bool is_wired = wiring != report.wiring.end();
  json["interface"] = is_wired ? text_or_null(wiring->second.interface) : Json();
  json["source"] = is_wired ? text_or_null(wiring->second.source) : Json();
  json["namespaces"] = is_wired ? Json(wiring->second.namespaces) : Json::array();
  return json;
}

Json json_of(const plan::Item& item) {
  Json json{{"outcome", to_string(item.outcome)}};
  put_endpoint(json, item.subject, item.tid);
  json["decided_by"] = item.decided_by ? plan::decided_by_value(*item.decided_by) : Json();
  json["device"] = text_or_null(item.device);
  json["reason"] = reason_or_null(&item);
  json["detail"] = text_or_null(item.detail);
  // A guard denies what it was written to deny.
  json["remedy"] =
      item.outcome == decide::Outcome::denied ? Json() : text_or_null(remedy_for(item));
  return json;
}

Json json_of(const StatusReport& report, const execute::State& state) {
  Json paths = Json::array();
  for (const execute::PathRecord& path : state.paths)
    paths.push_back(json_of(report, path, item_of(state, path)));
  Json not_tried = Json::array();
  for (const plan::Item* const item : unconnected_items(state))
    not_tried.push_back(json_of(*item));
  const execute::PathCount count = execute::count_paths(state);
  return {{"id", state.id},
          {"event", to_string(state.plan.event.kind)},
          {"target", text_or_null(state.plan.event.target)},
          {"device", text_or_null(state.plan.event.device)},
          {"phase", to_string(state.phase)},
          {"why", text_or_null(state.why)},
          {"policy-digest", text_or_null(state.plan.policy.digest)},
          {"live", count.live},
          {"all", count.all},
          {"paths", std::move(paths)},
          {"not-tried", std::move(not_tried)}};
}

Json kept_away_json(const event::Event& event) {
  Json json = Json::object();
  put_endpoint(json, event.subject, host::kept_away_tid(event));
  json["reason"] = host::kept_away_reason;
  return json;
}

} // namespace

std::string status_json(const StatusReport& report, JsonForm form) {
  Json json{
      {"format_version", 1},
      {"degraded", report.degraded()},
      {"in-charge", report.in_charge},
      {"policy",
       {{"digest", text_or_null(report.policy_digest)},
        {"file-count", report.policy_files},
        {"changed", report.policy_changed ? Json(base::utc_text(*report.policy_changed)) : Json()},
        {"last-good-stored",
         report.last_good_stored ? Json(base::utc_text(*report.last_good_stored)) : Json()},
        {"problem", text_or_null(report.policy_problem)}}},
      {"plans", Json::array()},
      {"subsystems", Json::array()}};
  for (const execute::State& state : report.states)
    json["plans"].push_back(json_of(report, state));
  for (const SubsystemPaths& one : report.subsystems)
    json["subsystems"].push_back({{"nqn", one.nqn},
                                  {"live", one.live},
                                  {"wanted", one.wanted},
                                  {"expected", one.expected ? Json(*one.expected) : Json()},
                                  {"degraded", one.degraded()}});
  json["waiting"] = report.waiting;
  json["failed"] = report.failed;
  json["damaged"] = report.damaged;
  json["kept-away"] = Json::array();
  for (const event::Event& event : report.kept_away)
    json["kept-away"].push_back(kept_away_json(event));
  json["unlisted"] = Json::array();
  for (const decide::Controller& controller : report.unlisted)
    json["unlisted"].push_back({{"device", controller.device},
                                {"subsystem-nqn", controller.subsystem_nqn},
                                {"traddr", text_or_null(to_text(controller.endpoint.traddr))},
                                {"trsvcid", service_or_null(controller.endpoint.trsvcid)}});
  json["orchestrators"] = report.orchestrators;
  json["foreign-connects"] = Json::array();
  for (const host::ForeignConnect& one : report.foreign_connects)
    json["foreign-connects"].push_back({{"path", one.path}, {"line", one.line}});
  return json.dump(form == JsonForm::line ? -1 : 2, ' ', false, Json::error_handler_t::replace) +
         '\n';
}

} // namespace nvmf::cli
