#include "cli/clause_text.hpp"
#include "cli/explanation.hpp"
#include "plan/decided_by.hpp"
#include "plan/event_json.hpp"
#include "plan/json.hpp"
#include "policy/pattern_text.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

template <class Text>
Json text_or_null(const Text& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const event::Event& seen, const std::optional<std::string>& hostname,
             const decide::ClauseTrace& clause) {
  Json wants = Json::array();
  for (const auto& set : clause.clause->sets)
    wants.push_back("@" + set->name);
  for (const policy::Pattern& value : clause.clause->values)
    wants.push_back(policy::to_text(value));
  return {{"key", clause_name(clause)},
          {"negated", clause.negated},
          {"holds", clause.holds},
          {"wants", std::move(wants)},
          {"text", clause_text(clause, seen, hostname)}};
}

Json json_of(const policy::Policy& policy, const Explanation& explanation,
             const decide::MatchTrace& trace) {
  const bool is_guard = trace.guard != nullptr;
  const diag::Span& span = is_guard ? trace.guard->span : trace.rule->span;
  Json clauses = Json::array();
  for (const decide::ClauseTrace& clause : trace.clauses)
    clauses.push_back(
        json_of(is_guard ? explanation.guarded : explanation.event, explanation.hostname, clause));
  return {{"name", is_guard ? policy.shown_name(*trace.guard) : policy.shown_name(*trace.rule)},
          {"path", span.path()},
          {"line", span.start.line},
          {"applies-to-event", trace.applies_to_event},
          {"matched", trace.matched},
          {"clauses", std::move(clauses)}};
}

Json json_of(const policy::Policy& policy, const decide::Decision& decision) {
  const auto by = plan::decided_by(policy, decision);
  return {{"outcome", to_string(decision.outcome)},
          {"reason", decision.reason ? Json(to_string(*decision.reason)) : Json(nullptr)},
          {"decided_by", by ? plan::decided_by_value(*by) : Json()}};
}

Json json_of(const policy::Policy& policy, const service::LoggedDecision& then,
             const decide::Decision& now) {
  const service::Comparison comparison = service::compared(policy, then, now);
  return {{"time", service::time_text(then)},
          {"removed-by-hand", then.removed_by_hand},
          {"undecided", then.outcome.empty() && !then.removed_by_hand},
          {"outcome", text_or_null(then.outcome)},
          {"reason", text_or_null(then.reason)},
          {"decided_by", then.by.empty() ? Json() : Json{{"name", then.by}}},
          {"same", comparison == service::Comparison::not_comparable
                       ? Json(nullptr)
                       : Json(comparison == service::Comparison::same)}};
}

Json text_or_null(const std::optional<base::Traddr>& address) {
  return address ? Json(address->to_string()) : Json(nullptr);
}

// One for each host side.
Json json_of(const std::vector<plan::Item>& items) {
  Json all = Json::array();
  for (const plan::Item& item : items) {
    const base::Endpoint side = item.tid.endpoint.value_or(base::Endpoint());
    all.push_back({{"outcome", to_string(item.outcome)},
                   {"reason", item.reason ? Json(to_string(*item.reason)) : Json(nullptr)},
                   {"detail", text_or_null(item.detail)},
                   {"device", text_or_null(item.device)},
                   {"host-traddr", text_or_null(side.host_traddr)},
                   {"host-iface", text_or_null(side.host_iface)}});
  }
  return all;
}

// The plan's answer where the host was asked, else that of guards and rules.
Json verdict_of(const policy::Policy& policy, const Explanation& explanation) {
  Json json = json_of(policy, explanation.decision);
  json["detail"] = nullptr;
  if (explanation.host.items.empty())
    return json;
  const plan::Item& item = foremost(explanation.host.items);
  json["outcome"] = to_string(item.outcome);
  json["reason"] = item.reason ? Json(to_string(*item.reason)) : Json(nullptr);
  json["detail"] = text_or_null(item.detail);
  return json;
}

Json json_of(const policy::Policy& policy, const Explanation& explanation) {
  Json json = verdict_of(policy, explanation);
  json["host"] = json_of(explanation.host.items);
  json["host-if-wanted"] = json_of(explanation.host.if_wanted);
  json["event"] = plan::event_value({.event = explanation.event, .hostname = explanation.hostname},
                                    plan::UnsetFields::shown);
  json["guards"] = Json::array();
  for (const decide::MatchTrace& trace : explanation.trace.guards)
    json["guards"].push_back(json_of(policy, explanation, trace));
  json["rules"] = Json::array();
  for (const decide::MatchTrace& trace : explanation.trace.rules)
    json["rules"].push_back(json_of(policy, explanation, trace));
  json["closest"] = nullptr;
  if (const auto closest = decide::closest_rule(explanation.trace))
    json["closest"] = {{"name", policy.shown_name(*closest->rule->rule)},
                       {"holding", closest->holding},
                       {"total", closest->total},
                       {"failed-at", closest->first_failed != nullptr
                                         ? Json(clause_name(*closest->first_failed))
                                         : Json(nullptr)}};
  json["without-guards"] =
      explanation.without_guards ? json_of(policy, *explanation.without_guards) : Json(nullptr);
  if (explanation.logged)
    json["logged"] = json_of(policy, *explanation.logged, explanation.decision);
  return json;
}

std::string document(Json explanations) {
  const Json json{{"format_version", 1}, {"explanations", std::move(explanations)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace

std::string explanations_json(const policy::Policy& policy,
                              const std::vector<Explanation>& explanations) {
  Json all = Json::array();
  for (const Explanation& explanation : explanations)
    all.push_back(json_of(policy, explanation));
  return document(std::move(all));
}

std::string ignored_event_json(const std::string& why) {
  return document(Json::array({{{"outcome", to_string(decide::Outcome::ignored)},
                                {"reason", to_string(decide::Reason::event_ignored)},
                                {"detail", why},
                                {"decided_by", nullptr},
                                {"host", Json::array()},
                                {"host-if-wanted", Json::array()},
                                {"event", nullptr},
                                {"guards", Json::array()},
                                {"rules", Json::array()},
                                {"closest", nullptr},
                                {"without-guards", nullptr}}}));
}

} // namespace nvmf::cli
