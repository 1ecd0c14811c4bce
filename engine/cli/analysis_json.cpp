#include "analyze/example.hpp"
#include "base/connect_option.hpp"
#include "cli/analysis_text.hpp"
#include "cli/setting_json.hpp"
#include "plan/decided_by.hpp"
#include "plan/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

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

Json decision_json(const policy::Policy& policy, const decide::Decision& decision) {
  const auto by = plan::decided_by(policy, decision);
  return {{"outcome", to_string(decision.outcome)},
          {"reason", decision.reason ? Json(to_string(*decision.reason)) : Json()},
          {"decided_by", by ? plan::decided_by_value(*by) : Json()}};
}

Json text_or_null_json(const std::string& text) { return text.empty() ? Json() : Json(text); }

// Of guards: what they say.
Json reason_json(const analyze::SettingChange& one) {
  return {{"name", one.name},
          {"before", text_or_null_json(one.before)},
          {"after", text_or_null_json(one.after)}};
}

Json json_of(const analyze::SettingChange& one) {
  const auto value = [&](const std::string& text) {
    return text.empty() ? Json() : setting_value_json(one.name, text);
  };
  return {
      {"name", setting_key(one.name)}, {"before", value(one.before)}, {"after", value(one.after)}};
}

// `ctrl-loss-tmo on tcp`, `retry first-delay`: as the settings of a rule are called.
Json rule_setting_json(const analyze::SettingChange& one) {
  constexpr std::string_view on = " on ";
  constexpr std::string_view retry = "retry ";
  const std::string_view whole = one.name;
  const auto split = whole.find(on);
  const std::string_view name = whole.substr(0, split);
  if (name.starts_with(retry)) {
    Json json = json_of({std::string(name.substr(retry.size())), one.before, one.after});
    json["name"] = "retry." + json["name"].get<std::string>();
    return json;
  }
  const bool is_option = base::find_connect_option(name) != nullptr;
  if (!is_option)
    return json_of(one);
  Json json{{"name", name}};
  if (split != std::string_view::npos)
    json["transport"] = whole.substr(split + on.size());
  const auto value = [&](const std::string& text) {
    return text.empty() ? Json() : option_value_json(name, text);
  };
  json["before"] = value(one.before);
  json["after"] = value(one.after);
  return json;
}

template <class ToJson>
Json each_json(const std::vector<analyze::SettingChange>& settings, ToJson to_json) {
  Json list = Json::array();
  for (const analyze::SettingChange& one : settings)
    list.push_back(to_json(one));
  return list;
}

Json settings_json(const std::vector<analyze::SettingChange>& settings) {
  return each_json(settings, rule_setting_json);
}

Json keys_json(const std::vector<analyze::SettingChange>& settings) {
  return each_json(settings, [](const analyze::SettingChange& one) { return json_of(one); });
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
    rule["covered-by"] = std::move(covered_by);
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
         {"settings", settings_json(pair.settings)}});
  }
  json["total"] = overlaps.pairs.size();
  return text_of(json);
}

std::string difference_json(const ComparedPolicies& policies, const analyze::Difference& difference,
                            std::size_t limit) {
  Json json{{"format_version", 1},
            {"empty", difference.empty()},
            {"incomplete", difference.incomplete},
            {"reasons", each_json(difference.reasons, reason_json)},
            {"firmware", keys_json(difference.firmware)},
            {"boot", keys_json(difference.boot)},
            {"limits", keys_json(difference.limits)},
            {"changes", Json::array()}};
  for (std::size_t i = 0; i < std::min(limit, difference.changes.size()); ++i) {
    const analyze::Change& change = difference.changes[i];
    json["changes"].push_back(
        {{"kind", analyze::to_string(change.kind)},
         {"target", change.event.target.empty() ? Json() : Json(change.event.target)},
         {"example", analyze::describe(change.event, change.hostname)},
         {"before", change.only_after ? Json() : decision_json(policies.before, change.before)},
         {"after", change.only_before ? Json() : decision_json(policies.after, change.after)},
         {"settings", settings_json(change.settings)}});
  }
  json["total"] = difference.changes.size();
  return text_of(json);
}

} // namespace nvmf::cli
