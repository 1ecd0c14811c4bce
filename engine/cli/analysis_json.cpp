#include "analyze/example.hpp"
#include "cli/analysis_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

template <class Named>
Json named(const policy::Policy& policy, const Named& one) {
  return {
      {"name", policy.shown_name(one)}, {"path", one.span.path()}, {"line", one.span.start.line}};
}

Json decided_by(const policy::Policy& policy, const decide::Decision& decision) {
  if (decision.guard != nullptr)
    return named(policy, *decision.guard);
  if (decision.target != nullptr)
    return {{"name", decision.target->name},
            {"path", decision.target->span.path()},
            {"line", decision.target->span.start.line}};
  if (decision.firmware)
    return {{"name", policy::nbft_name}};
  return decision.rule != nullptr ? named(policy, *decision.rule) : Json();
}

Json decision_json(const policy::Policy& policy, const decide::Decision& decision) {
  return {{"outcome", to_string(decision.outcome)},
          {"reason", decision.reason ? Json(to_string(*decision.reason)) : Json()},
          {"decided_by", decided_by(policy, decision)}};
}

Json json_of(const std::vector<analyze::SettingChange>& settings) {
  Json list = Json::array();
  const auto text = [](const std::string& value) { return value.empty() ? Json() : Json(value); };
  for (const analyze::SettingChange& one : settings)
    list.push_back({{"name", one.name}, {"before", text(one.before)}, {"after", text(one.after)}});
  return list;
}

} // namespace

std::string reachability_json(const policy::Policy& policy, const analyze::Reachability& reach,
                              std::size_t limit) {
  Json json{{"format_version", 1}, {"incomplete", reach.incomplete}, {"rules", Json::array()}};
  for (std::size_t i = 0; i < std::min(limit, reach.rules.size()); ++i) {
    const analyze::RuleReach& one = reach.rules[i];
    Json covered_by = Json::array();
    for (const analyze::Coverer& coverer : one.covered_by)
      covered_by.push_back(coverer.guard != nullptr ? named(policy, *coverer.guard)
                                                    : named(policy, *coverer.rule));
    Json rule = named(policy, *one.rule);
    rule["reach"] = analyze::to_string(one.reach);
    rule["covered_by"] = std::move(covered_by);
    rule["example"] =
        one.example ? Json(analyze::describe(one.example->event, one.example->hostname)) : Json();
    json["rules"].push_back(std::move(rule));
  }
  json["total"] = reach.rules.size();
  return text_of(json);
}

std::string overlaps_json(const policy::Policy& policy, const analyze::Overlaps& overlaps,
                          std::size_t limit) {
  Json json{{"format_version", 1}, {"incomplete", overlaps.incomplete}, {"pairs", Json::array()}};
  for (std::size_t i = 0; i < std::min(limit, overlaps.pairs.size()); ++i) {
    const analyze::OverlappingRules& pair = overlaps.pairs[i];
    json["pairs"].push_back(
        {{"first", named(policy, *pair.first)},
         {"second", named(policy, *pair.second)},
         {"overlap", analyze::to_string(pair.overlap)},
         {"conflicting", pair.conflicting},
         {"example", analyze::describe(pair.example.event, pair.example.hostname)},
         {"settings", json_of(pair.settings)}});
  }
  json["total"] = overlaps.pairs.size();
  return text_of(json);
}

std::string difference_json(const ComparedPolicies& policies, const analyze::Difference& difference,
                            std::size_t limit) {
  Json json{{"format_version", 1},
            {"empty", difference.empty()},
            {"incomplete", difference.incomplete},
            {"reasons", json_of(difference.reasons)},
            {"boot", json_of(difference.boot)},
            {"limits", json_of(difference.limits)},
            {"changes", Json::array()}};
  for (std::size_t i = 0; i < std::min(limit, difference.changes.size()); ++i) {
    const analyze::Change& change = difference.changes[i];
    json["changes"].push_back(
        {{"kind", analyze::to_string(change.kind)},
         {"target", change.event.target.empty() ? Json() : Json(change.event.target)},
         {"example", analyze::describe(change.event, change.hostname)},
         {"before", change.only_after ? Json() : decision_json(policies.before, change.before)},
         {"after", change.only_before ? Json() : decision_json(policies.after, change.after)},
         {"settings", json_of(change.settings)}});
  }
  json["total"] = difference.changes.size();
  return text_of(json);
}

} // namespace nvmf::cli
