#include "cli/suggested_rule.hpp"

#include "decide/decide.hpp"
#include "yaml/writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using policy::MatchKey;

void add(policy::Match& match, MatchKey key, policy::Pattern value) {
  match.all.push_back({.key = key, .values = {std::move(value)}});
}

policy::Pattern address_pattern(const base::Traddr& address) {
  if (const base::IpAddress* ip = address.ip())
    return *ip;
  if (const base::FcAddress* fc = address.fc())
    return base::FcPattern{{.value = fc->node, .digits = 16}, {.value = fc->port, .digits = 16}};
  return address;
}

// A subsystem is known by its NQN, a discovery controller by its address.
policy::Match match_for(const event::Event& event) {
  policy::Match match;
  add(match, MatchKey::transport, event.endpoint.transport);
  if (event.subject == base::Subject::io_subsystem) {
    add(match, MatchKey::subsystem_nqn, base::Glob(event.subsystem_nqn));
    return match;
  }
  if (event.endpoint.traddr)
    add(match, MatchKey::traddr, address_pattern(*event.endpoint.traddr));
  if (event.endpoint.trsvcid)
    add(match, MatchKey::trsvcid,
        policy::NumberRange{*event.endpoint.trsvcid, *event.endpoint.trsvcid});
  return match;
}

std::string match_yaml(const event::Event& event) {
  std::string yaml = fmt::format("{{ transport: {}", base::to_string(event.endpoint.transport));
  if (event.subject == base::Subject::io_subsystem)
    return yaml + fmt::format(", subsystem-nqn: {} }}", yaml::quoted(event.subsystem_nqn));
  if (event.endpoint.traddr)
    yaml += fmt::format(", traddr: {}", yaml::quoted(event.endpoint.traddr->to_string()));
  if (event.endpoint.trsvcid)
    yaml += fmt::format(", trsvcid: {}", *event.endpoint.trsvcid);
  return yaml + " }";
}

std::string free_name(const policy::Policy& policy, const std::string& wish) {
  std::string name = wish;
  const auto taken = [&](const policy::Rule& rule) { return rule.name == name; };
  for (int n = 2; std::any_of(policy.rules.begin(), policy.rules.end(), taken); ++n)
    name = fmt::format("{}-{}", wish, n);
  return name;
}

bool accepts(const decide::Decision& decision) {
  return decision.outcome == decide::Outcome::connect ||
         decision.outcome == decide::Outcome::discover;
}

} // namespace

std::optional<SuggestedRule> suggest_rule(const policy::Policy& policy, const event::Event& event,
                                          const std::optional<std::string>& hostname) {
  const decide::Decision before = decide::decide(policy, event, hostname);
  if (before.guard != nullptr || accepts(before))
    return std::nullopt;
  const bool is_discovery = event.subject == base::Subject::discovery_controller;
  policy::Rule rule;
  rule.name = free_name(policy, is_discovery ? "new-discovery" : "new-subsystem");
  rule.action = is_discovery ? policy::Action::discover : policy::Action::connect;
  rule.applies_to = {.discovery_controllers = is_discovery, .io_subsystems = !is_discovery};
  rule.match = match_for(event);

  policy::Policy tried = policy;
  const std::ptrdiff_t place = before.rule != nullptr
                                   ? before.rule - policy.rules.data()
                                   : static_cast<std::ptrdiff_t>(policy.rules.size());
  tried.rules.insert(tried.rules.begin() + place, rule);
  if (!accepts(decide::decide(tried, event, hostname)))
    return std::nullopt;
  return SuggestedRule{.yaml = fmt::format("  - name: {}\n    match: {}\n    action: {}\n",
                                           rule.name, match_yaml(event), to_string(rule.action)),
                       .where =
                           before.rule != nullptr
                               ? fmt::format("before rule `{}`", policy.shown_name(*before.rule))
                               : "after the other rules"};
}

} // namespace nvmf::cli
