#include "cli/status_report.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_of(const execute::PathRecord& path, base::Duration now) {
  const auto address = [](const std::optional<base::Traddr>& one) {
    return one ? Json(one->to_string()) : Json();
  };
  return {{"state", to_string(path.state)},
          {"subject", path.subject == base::Subject::discovery_controller ? "discovery-controller"
                                                                          : "io-subsystem"},
          {"transport", path.tid.transport ? Json(to_string(*path.tid.transport)) : Json()},
          {"traddr", address(path.tid.traddr)},
          {"trsvcid", path.tid.trsvcid ? Json(std::to_string(*path.tid.trsvcid)) : Json()},
          {"host-traddr", address(path.tid.host_traddr)},
          {"host-iface", text_or_null(path.tid.host_iface)},
          {"subsystem-nqn", text_or_null(path.tid.subsystem_nqn)},
          {"rule", text_or_null(path.rule)},
          {"device", text_or_null(path.device)},
          {"tries", path.tries},
          {"next-try-ms", path.next_try ? Json((*path.next_try - now).count()) : Json()},
          {"reason", text_or_null(path.reason)}};
}

Json json_of(const execute::State& state, base::Duration now) {
  Json paths = Json::array();
  for (const execute::PathRecord& path : state.paths)
    paths.push_back(json_of(path, now));
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
          {"paths", std::move(paths)}};
}

} // namespace

std::string status_json(const StatusReport& report) {
  Json json{
      {"format_version", 1},
      {"degraded", report.degraded()},
      {"in_charge", report.in_charge},
      {"policy",
       {{"digest", text_or_null(report.policy_digest)},
        {"files", report.policy_files},
        {"last_good_stored",
         report.last_good_stored ? Json(policy::stored_text(*report.last_good_stored)) : Json()},
        {"problem", text_or_null(report.policy_problem)}}},
      {"plans", Json::array()},
      {"subsystems", Json::array()}};
  for (const execute::State& state : report.states)
    json["plans"].push_back(json_of(state, report.now));
  for (const SubsystemPaths& one : report.subsystems)
    json["subsystems"].push_back({{"nqn", one.nqn},
                                  {"live", one.live},
                                  {"wanted", one.wanted},
                                  {"expected", one.expected ? Json(*one.expected) : Json()},
                                  {"degraded", one.degraded()}});
  json["waiting"] = report.waiting;
  json["failed"] = report.failed;
  json["unlisted"] = Json::array();
  for (const decide::Controller& controller : report.unlisted)
    json["unlisted"].push_back(
        {{"device", controller.device}, {"subsystem-nqn", controller.subsystem_nqn}});
  json["orchestrators"] = report.orchestrators;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace nvmf::cli
