#include "cli/policy_json.hpp"

#include "cli/clause_text.hpp"
#include "cli/setting_json.hpp"
#include "cli/shown_settings.hpp"
#include "policy/pattern_text.hpp"
#include "policy/target_match.hpp"
#include "policy/words.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string listing_document(const Json& content) {
  Json json{{"format_version", 1}};
  json.update(content);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

void add_place(Json& json, const diag::Span& span) {
  json["path"] = span.source ? Json(span.path()) : Json();
  json["line"] = span.source ? Json(span.start.line) : Json();
}

template <class All, class ToJson>
Json list_of(const All& all, ToJson to_json) {
  Json list = Json::array();
  for (const auto& each : all)
    list.push_back(to_json(each));
  return list;
}

void add_origin(Json& json, const ShownSetting& setting) {
  json["origin"] = setting.origin;
  add_place(json, setting.span);
}

Json options_json(const std::vector<ShownSetting>& settings) {
  return list_of(settings, [](const ShownSetting& setting) {
    Json json{{"name", setting.name}};
    if (setting.only)
      json["transport"] = to_string(*setting.only);
    json["value"] = option_value_json(setting.name, setting.value);
    add_origin(json, setting);
    return json;
  });
}

Json retry_json(const std::vector<ShownSetting>& settings) {
  return list_of(settings, [](const ShownSetting& setting) {
    Json json{{"name", setting_key(setting.name)},
              {"value", setting_value_json(setting.name, setting.value)}};
    add_origin(json, setting);
    return json;
  });
}

void add_clauses(Json& json, const std::vector<policy::Clause>& clauses) {
  for (const policy::Clause& clause : clauses) {
    Json values = list_of(clause.sets, [](const auto& set) { return Json('@' + set->name); });
    for (const std::string& value : written_values(clause))
      values.push_back(value);
    Json& at = json[std::string(to_string(clause.key))];
    (clause.key == policy::MatchKey::udev ? at[clause.udev_property] : at) = std::move(values);
  }
}

Json json_of(const policy::Match& match) {
  if (match.any)
    return {{"any", true}};
  Json json = Json::object();
  add_clauses(json, match.all);
  if (!match.none.empty())
    add_clauses(json["not"], match.none);
  return json;
}

Json json_of(const policy::Guard& guard) {
  Json json{{"name", guard.full_name}};
  add_place(json, guard.span);
  json["match"] = json_of(guard.match);
  json["reason"] = guard.reason;
  return json;
}

Json profile_names(const std::vector<std::shared_ptr<const policy::Profile>>& profiles) {
  return list_of(profiles, [](const auto& profile) { return Json(profile->name); });
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json milliseconds(base::Duration duration) {
  return duration == base::infinite_duration ? Json() : Json(duration.count());
}

// Only a `poll` that is said: null is `never`, as in a plan.
void add_poll(Json& json, const std::optional<base::Duration>& poll) {
  if (poll)
    json["poll-ms"] = milliseconds(*poll);
}

Json persistence(const std::optional<policy::Persistent>& persistent) {
  return persistent ? Json(to_string(*persistent)) : Json();
}

void add_behaviour(Json& json, const policy::Rule& rule) {
  json["identity"] = or_null(rule.identity);
  json["profiles"] = profile_names(rule.profiles);
  if (rule.action == policy::Action::discover) {
    json["persistent"] = persistence(rule.persistent);
    add_poll(json, rule.poll);
    json["referrals"] = rule.follow_referrals ? "follow" : "ignore";
    return;
  }
  json["host-side"] = to_string(rule.host_side);
  json["probe"] = rule.probe;
  json["expect-paths"] = or_null(rule.expect_paths);
}

Json json_of(const policy::Policy& policy, const policy::Rule& rule) {
  Json json{{"name", rule.full_name}};
  add_place(json, rule.span);
  json["match"] = json_of(rule.match);
  json["action"] = to_string(rule.action);
  if (rule.action == policy::Action::ignore)
    return json;
  add_behaviour(json, rule);
  const policy::Connection connection = policy::connection_of(policy, rule);
  json["connect"] = options_json(shown_options(connection));
  json["retry"] = retry_json(shown_retry(connection));
  return json;
}

Json listed_text(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json listed_text(const std::optional<base::Traddr>& address) {
  return address ? Json(address->to_string()) : Json();
}

Json json_of(const policy::TargetEndpoint& endpoint) {
  return {{"traddr",
           endpoint.host_name.empty() ? listed_text(endpoint.traddr) : Json(endpoint.host_name)},
          {"trsvcid", endpoint.trsvcid ? Json(std::to_string(*endpoint.trsvcid)) : Json()},
          {"host-traddr", listed_text(endpoint.host_traddr)},
          {"host-iface", listed_text(endpoint.host_iface)}};
}

// The target's settings in the place of its rule; null where it leaves one to the rule.
void add_own_behaviour(Json& json, const policy::Target& target) {
  if (target.subject() == base::Subject::discovery_controller) {
    json["persistent"] = persistence(target.persistent);
    add_poll(json, target.poll);
    json["referrals"] =
        target.follow_referrals ? Json(*target.follow_referrals ? "follow" : "ignore") : Json();
  } else {
    json["probe"] = or_null(target.probe);
    json["expect-paths"] = or_null(target.expect_paths);
  }
  json["host-side"] = target.host_side ? Json(to_string(*target.host_side)) : Json();
}

Json json_of(const policy::Policy& policy, const policy::Target& target) {
  Json json{{"name", target.name}};
  add_place(json, target.span);
  json.update(
      {{"transport", to_string(target.transport)},
       {"paths", list_of(target.endpoints, [](const auto& endpoint) { return json_of(endpoint); })},
       {"subsystem-nqn", listed_text(target.subsystem_nqn)},
       {"identity", or_null(target.identity)},
       {"profiles", profile_names(target.profiles)}});
  add_own_behaviour(json, target);
  json["rules"] = list_of(policy::rules_for(policy, target), [&](const policy::Rule* rule) {
    const policy::Connection connection = policy::connection_of(policy, *rule, target);
    return Json{{"name", rule->full_name},
                {"connect", options_json(shown_options(connection))},
                {"retry", retry_json(shown_retry(connection))}};
  });
  return json;
}

Json json_of(const policy::Set& set) {
  Json json{{"name", set.name}};
  add_place(json, set.span);
  json["kind"] = to_string(set.kind);
  json["values"] =
      list_of(set.values, [](const policy::Pattern& value) { return policy::to_text(value); });
  return json;
}

Json json_of(const policy::Profile& profile) {
  Json json{{"name", profile.name}};
  add_place(json, profile.span);
  json["connect"] = options_json(shown_settings(profile.connect, "profile " + profile.name));
  return json;
}

Json json_of(const std::optional<policy::TextOrFile>& value) {
  if (!value)
    return {};
  return value->is_file ? Json{{"file", value->text}} : Json(value->text);
}

Json json_of(const policy::Identity& identity) {
  Json json{{"name", identity.name}};
  add_place(json, identity.span);
  json["hostnqn"] = json_of(identity.hostnqn);
  json["hostid"] = json_of(identity.hostid);
  json["secrets"] = options_json(shown_settings(identity.secrets, "identity " + identity.name));
  return json;
}

Json json_of(const policy::BootWait& boot) {
  return {{"wait-for", list_of(boot.wait_for,
                               [](const policy::WaitedFor& each) { return each.glob.pattern(); })},
          {"paths", boot.paths},
          {"timeout-ms", milliseconds(boot.timeout)}};
}

Json json_of(const policy::Limits& limits) {
  return {{"referral-depth", limits.referral_depth},
          {"log-entries", limits.log_entries},
          {"probe-timeout-ms", milliseconds(limits.probe_timeout)},
          {"probes-in-flight", limits.probes_in_flight}};
}

Json all_guards(const policy::Policy& policy) {
  return list_of(policy.guards, [](const auto& guard) { return json_of(guard); });
}

Json all_rules(const policy::Policy& policy) {
  return list_of(policy.rules, [&](const auto& rule) { return json_of(policy, rule); });
}

Json all_sets(const policy::Policy& policy) {
  return list_of(policy.sets, [](const auto& set) { return json_of(*set); });
}

Json all_profiles(const policy::Policy& policy) {
  return list_of(policy.profiles, [](const auto& profile) { return json_of(*profile); });
}

Json all_identities(const policy::Policy& policy) {
  return list_of(policy.identities, [](const auto& entry) { return json_of(entry.second); });
}

Json all_targets(const policy::Policy& policy) {
  return list_of(policy.targets, [&](const auto& target) { return json_of(policy, target); });
}

std::string_view state_word(load::FileState state) {
  switch (state) {
  case load::FileState::read:
    return "read";
  case load::FileState::masked:
    return "masked";
  case load::FileState::shadowed:
    return "shadowed";
  case load::FileState::not_read:
    return "not-read";
  }
  return {};
}

} // namespace

std::string files_json(const load::Loaded& loaded) {
  return listing_document({{"digest", loaded.policy ? Json(loaded.policy->digest) : Json()},
                           {"files", list_of(loaded.files, [](const load::ConsideredFile& file) {
                              return Json{{"path", file.path},
                                          {"state", state_word(file.state)},
                                          {"detail", listed_text(file.detail)}};
                            })}});
}

std::string rules_json(const policy::Policy& policy) {
  return listing_document({{"guards", all_guards(policy)}, {"rules", all_rules(policy)}});
}

std::string guards_json(const policy::Policy& policy) {
  return listing_document({{"guards", all_guards(policy)}});
}

std::string targets_json(const policy::Policy& policy) {
  return listing_document({{"targets", all_targets(policy)}});
}

std::string identities_json(const policy::Policy& policy) {
  return listing_document({{"identities", all_identities(policy)}});
}

std::string sets_json(const policy::Policy& policy) {
  return listing_document({{"sets", all_sets(policy)}});
}

std::string profiles_json(const policy::Policy& policy) {
  return listing_document({{"profiles", all_profiles(policy)}});
}

std::string rule_json(const policy::Policy& policy, const policy::Rule& rule) {
  return listing_document(json_of(policy, rule));
}

std::string effective_json(const policy::Policy& policy) {
  return listing_document(
      {{"digest", policy.digest},
       {"files", list_of(policy.files,
                         [](const policy::File& file) {
                           return Json{{"name", file.name}, {"path", file.path}};
                         })},
       {"identities", all_identities(policy)},
       {"sets", all_sets(policy)},
       {"profiles", all_profiles(policy)},
       {"targets", all_targets(policy)},
       {"guards", all_guards(policy)},
       {"rules", all_rules(policy)},
       {"boot", policy.boot.wait_for.empty() ? Json() : json_of(policy.boot)},
       {"firmware", {{"nbft", to_string(policy.nbft)}}},
       {"limits", json_of(policy.limits)}});
}

} // namespace nvmf::cli
