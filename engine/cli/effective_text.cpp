#include "cli/effective_text.hpp"

#include "cli/clause_text.hpp"
#include "cli/names_text.hpp"
#include "cli/policy_text.hpp"
#include "policy/pattern_text.hpp"
#include "policy/target_match.hpp"
#include "policy/words.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

std::string files_in_order(const policy::Policy& policy) {
  std::string text = fmt::format("policy {}\n", policy.digest);
  for (const policy::File& file : policy.files)
    text += fmt::format("  {}  {}\n", file.name, file.path);
  return text;
}

std::string value_text(const policy::TextOrFile& value) {
  return value.is_file ? fmt::format("{{file: {}}}", value.text) : value.text;
}

// `default` is always there, and says nothing where nobody wrote it.
std::string identity_text(const policy::Identity& identity) {
  if (!identity.span.source)
    return {};
  std::string text = fmt::format("\nidentity {}  {}\n", identity.name, identity.span.place());
  if (identity.hostnqn)
    text += fmt::format("  hostnqn: {}\n", value_text(*identity.hostnqn));
  if (identity.hostid)
    text += fmt::format("  hostid: {}\n", value_text(*identity.hostid));
  return text + settings_text(identity.secrets, 2, Origins::shown);
}

std::string set_text(const policy::Set& set) {
  std::string text =
      fmt::format("\nset {}  {}\n  {}:\n", set.name, set.span.place(), to_string(set.kind));
  for (const policy::Pattern& value : set.values)
    text += fmt::format("    {}\n", policy::to_text(value));
  return text;
}

std::string profile_text(const policy::Profile& profile) {
  return fmt::format("\nprofile {}  {}\n", profile.name, profile.span.place()) +
         settings_text(profile.connect, 4, Origins::shown);
}

// The target's settings in the place of its rule.
std::string own_behaviour_text(const policy::Target& target) {
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("  {}: {}\n", key, value);
  };
  if (target.persistent)
    add("persistent", to_string(*target.persistent));
  if (target.poll)
    add("poll", policy::poll_text(*target.poll));
  if (target.follow_referrals)
    add("referrals", *target.follow_referrals ? "follow" : "ignore");
  if (target.host_side)
    add("host-side", to_string(*target.host_side));
  if (target.probe)
    add("probe", *target.probe ? "true" : "false");
  if (target.expect_paths)
    add("expect-paths", std::to_string(*target.expect_paths));
  return text;
}

std::string endpoint_text(const policy::Target& target) {
  std::string text;
  for (const policy::TargetEndpoint& endpoint : target.endpoints) {
    text += fmt::format("  {} {}", to_string(target.transport),
                        endpoint.host_name.empty() ? address_text(endpoint)
                                                   : fmt::format("{}:{}", endpoint.host_name,
                                                                 endpoint.trsvcid.value_or(0)));
    if (const std::string side = host_side_text(endpoint); !side.empty())
      text += ' ' + side;
    text += '\n';
  }
  if (!target.subsystem_nqn.empty())
    text += fmt::format("  subsystem-nqn: {}\n", target.subsystem_nqn);
  if (target.identity)
    text += fmt::format("  identity: {}\n", *target.identity);
  return text + own_behaviour_text(target);
}

std::string target_text(const policy::Policy& policy, const policy::Target& target) {
  std::string text =
      fmt::format("\ntarget {}  {}\n", target.name, target.span.place()) + endpoint_text(target);
  for (const policy::Rule* rule : policy::rules_for(policy, target))
    text += fmt::format("  where rule {} decides it:\n", rule->full_name) +
            connection_text(policy::connection_of(policy, *rule, target), Origins::shown);
  return text;
}

std::string guard_text(const policy::Guard& guard) {
  std::string text = fmt::format("\nguard {}  {}\n  match: {}\n", guard.full_name,
                                 guard.span.place(), match_text(guard.match));
  return guard.reason.empty() ? text : text + fmt::format("  reason: {}\n", guard.reason);
}

std::string firmware_text(policy::NbftUse nbft) {
  return fmt::format("\nfirmware\n  nbft: {}\n", to_string(nbft));
}

std::string boot_text(const policy::BootWait& boot) {
  if (boot.wait_for.empty())
    return {};
  std::string globs;
  for (const policy::WaitedFor& each : boot.wait_for)
    globs += (globs.empty() ? "" : ", ") + each.glob.pattern();
  return fmt::format("\nboot\n  wait-for: {}\n  paths: {}\n  timeout: {}\n", globs, boot.paths,
                     base::format_duration(boot.timeout));
}

std::string limits_text(const policy::Limits& limits) {
  return fmt::format("\nlimits\n  referral-depth: {}\n  log-entries: {}\n  probe-timeout: {}\n"
                     "  probes-in-flight: {}\n",
                     limits.referral_depth, limits.log_entries,
                     base::format_duration(limits.probe_timeout), limits.probes_in_flight);
}

} // namespace

std::string guards_text(const policy::Policy& policy) {
  std::string text;
  for (const policy::Guard& guard : policy.guards)
    text += guard_text(guard);
  return text.empty() ? "(no guards)\n" : text.substr(1);
}

std::string targets_text(const policy::Policy& policy) {
  std::string text;
  for (const policy::Target& target : policy.targets)
    text += target_text(policy, target);
  return text.empty() ? "(no targets)\n" : text.substr(1);
}

std::string identities_text(const policy::Policy& policy) {
  std::string text;
  for (const auto& [name, identity] : policy.identities)
    text += identity_text(identity);
  return text.empty() ? "(no identities but the host's own, `nvmf-policy identity` shows it)\n"
                      : text.substr(1);
}

std::string effective_text(const policy::Policy& policy) {
  std::string text = files_in_order(policy);
  for (const auto& [name, identity] : policy.identities)
    text += identity_text(identity);
  for (const auto& set : policy.sets)
    text += set_text(*set);
  for (const auto& profile : policy.profiles)
    text += profile_text(*profile);
  for (const policy::Target& target : policy.targets)
    text += target_text(policy, target);
  for (const policy::Guard& guard : policy.guards)
    text += guard_text(guard);
  for (const policy::Rule& rule : policy.rules)
    text += '\n' + rule_text(policy, rule, Origins::shown);
  return text + boot_text(policy.boot) + firmware_text(policy.nbft) + limits_text(policy.limits);
}

} // namespace nvmf::cli
