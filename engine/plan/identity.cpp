#include "plan/identity.hpp"

#include "base/nqn.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::plan {

namespace {

// The default identity's files, which facts keep apart: HostIdentity.
constexpr std::string_view default_hostnqn = "/etc/nvme/hostnqn";
constexpr std::string_view default_hostid = "/etc/nvme/hostid";

// nullopt: nothing is known about the file.
std::optional<std::string> content_of(const std::string& path, const decide::Facts& facts) {
  if (auto const file = facts.files.find(path); file != facts.files.end())
    return file->second;
  if (facts.identity && path == default_hostnqn)
    return facts.identity->hostnqn;
  if (facts.identity && path == default_hostid)
    return facts.identity->hostid;
  return std::nullopt;
}

bool is_own_hostid_file(const policy::TextOrFile& value) {
  return value.is_file && value.text == default_hostid;
}

// A part of an identity: a literal, what its file or the facts about it say. nullopt: unknown.
std::optional<std::string> part_of(const policy::Identity& identity, const decide::Facts& facts,
                                   IdentityPart part) {
  bool const is_nqn = part == IdentityPart::host_nqn;
  auto const of = [&](const decide::HostIdentity& known) {
    return is_nqn ? known.hostnqn : known.hostid;
  };
  auto const& value = is_nqn ? identity.hostnqn : identity.hostid;
  if (value && !value->is_file)
    return value->text;
  if (value)
    if (auto content = content_of(value->text, facts))
      return content;
  auto const known = facts.identities.find(identity.name);
  if (value && known != facts.identities.end())
    return of(known->second);
  if (value)
    return std::nullopt;
  // A policy that was not loaded from files has no `default`.
  bool const is_own = identity.name == "default" && !identity.hostnqn;
  if (!is_own)
    return std::string();
  return facts.identity ? std::optional(of(*facts.identity)) : std::nullopt;
}

bool is_unknown(const ResolvedIdentity& identity, const decide::Facts& facts, IdentityPart part) {
  return identity.named && !part_of(*identity.named, facts, part);
}

const policy::Identity* identity_of_target(const policy::Policy& policy,
                                           const event::Event& event) {
  if (event.target.empty())
    return nullptr;
  auto const target =
      std::find_if(policy.targets.begin(), policy.targets.end(),
                   [&](const policy::Target& candidate) { return candidate.name == event.target; });
  if (target == policy.targets.end() || !target->identity)
    return nullptr;
  auto const identity = policy.identities.find(*target->identity);
  return identity == policy.identities.end() ? nullptr : &identity->second;
}

// Of the named identities the one with these values: its secrets belong to them. Of several, which
// `check --host` reports, the one that the event names, then that of its target, then one that the
// policy names before the host's own, and that before the firmware's.
const policy::Identity* named_like(const policy::Policy& policy, const decide::Facts& facts,
                                   const event::Event& event) {
  std::string const id = base::canonical_uuid(event.hostid);
  auto const is_like = [&](const policy::Identity& identity) {
    ResolvedIdentity const values = values_of(identity, facts);
    return values.host_nqn == event.host_nqn && (id.empty() || values.hostid == id);
  };
  auto const named = policy.identities.find(event.identity);
  if (named != policy.identities.end() && is_like(named->second))
    return &named->second;
  const policy::Identity* const of_target = identity_of_target(policy, event);
  if (of_target && is_like(*of_target))
    return of_target;
  auto const rank = [](const policy::Identity& identity) {
    return identity.name == policy::nbft_name ? 0 : identity.name == "default" ? 1 : 2;
  };
  const policy::Identity* found = nullptr;
  for (const auto& [name, identity] : policy.identities)
    if ((!found || rank(*found) < rank(identity)) && is_like(identity))
      found = &identity;
  return found;
}

// That of a connected device or of a parent. Where sysfs shows the host NQN alone, the host ID is
// the one that belongs to it.
ResolvedIdentity identity_of_event(const policy::Policy& policy, const decide::Facts& facts,
                                   const event::Event& event) {
  const policy::Identity* const named = named_like(policy, facts, event);
  std::string hostid = event.hostid;
  if (hostid.empty())
    hostid =
        named ? values_of(*named, facts).hostid : base::uuid_of_nqn(event.host_nqn).value_or("");
  return {.host_nqn = event.host_nqn, .hostid = std::move(hostid), .named = named};
}

// LANGUAGE `source`: a target's own events have its name.
void take_target_as_source(event::Event& event) {
  std::vector<std::string>& sources = event.sources;
  if (!event.target.empty() &&
      std::find(sources.begin(), sources.end(), event.target) == sources.end())
    sources.push_back(event.target);
}

std::optional<std::string> host_nqn_problem(const std::string& host_nqn) {
  if (host_nqn.empty())
    return "no host NQN";
  if (auto problem = base::nqn_problem(host_nqn))
    return "host NQN " + *problem;
  if (auto const uuid = base::uuid_of_nqn(host_nqn))
    if (base::is_placeholder_uuid(*uuid))
      return fmt::format("host NQN has the placeholder UUID {}", *uuid);
  return std::nullopt;
}

std::optional<std::string> hostid_problem(const std::string& hostid) {
  if (hostid.empty())
    return "no hostid";
  if (!base::is_uuid(hostid))
    return "hostid is not a valid UUID";
  if (base::is_placeholder_uuid(hostid))
    return fmt::format("hostid is the placeholder UUID {}", hostid);
  return std::nullopt;
}

} // namespace

namespace {

// Of the first table that says whom it connected as.
ResolvedIdentity firmware_identity(const policy::Identity& identity, const decide::Facts& facts) {
  for (const firmware::Table& table : facts.nbft)
    if (!table.host.nqn.empty())
      return {.host_nqn = table.host.nqn, .hostid = table.host.id, .named = &identity};
  return {.named = &identity};
}

} // namespace

ResolvedIdentity values_of(const policy::Identity& identity, const decide::Facts& facts) {
  if (identity.name == policy::nbft_name)
    return firmware_identity(identity, facts);
  auto hostid = part_of(identity, facts, IdentityPart::hostid);
  ResolvedIdentity result{.host_nqn = part_of(identity, facts, IdentityPart::host_nqn).value_or(""),
                          .hostid = hostid.value_or(""),
                          .named = &identity};
  // A missing file of its own leaves the host ID missing: its content is not made up.
  bool const may_be_absent = !identity.hostid || is_own_hostid_file(*identity.hostid);
  if (hostid && hostid->empty() && may_be_absent)
    result.hostid = base::uuid_of_nqn(result.host_nqn).value_or("");
  result.hostid = base::canonical_uuid(std::move(result.hostid));
  return result;
}

ResolvedIdentity inherited_identity(const policy::Policy& policy, const decide::Facts& facts,
                                    const event::Event& event) {
  if (!event.host_nqn.empty())
    return identity_of_event(policy, facts, event);
  if (auto const named = policy.identities.find(event.identity); named != policy.identities.end())
    return values_of(named->second, facts);
  if (const policy::Identity* identity = identity_of_target(policy, event))
    return values_of(*identity, facts);
  auto const fallback = policy.identities.find("default");
  if (fallback != policy.identities.end())
    return values_of(fallback->second, facts);
  static const policy::Identity own{.name = "default"};
  return values_of(own, facts);
}

ResolvedIdentity identity_for(const policy::Policy& policy, const decide::Facts& facts,
                              const event::Event& event, const policy::Rule& rule) {
  if (const policy::Identity* own = identity_of_target(policy, event))
    return values_of(*own, facts);
  // The identity of the firmware's table wins over the rule's.
  if (rule.identity && event.in_table == event::InTable::nothing) {
    auto const identity = policy.identities.find(*rule.identity);
    if (identity != policy.identities.end())
      return values_of(identity->second, facts);
  }
  return inherited_identity(policy, facts, event);
}

event::Event with_identity(const policy::Policy& policy, const decide::Facts& facts,
                           event::Event event) {
  ResolvedIdentity identity = inherited_identity(policy, facts, event);
  event.host_nqn = std::move(identity.host_nqn);
  event.hostid = std::move(identity.hostid);
  event.identity = identity.named ? identity.named->name : std::string();
  take_target_as_source(event);
  return event;
}

std::optional<IdentityProblem> identity_problem(const ResolvedIdentity& identity,
                                                const decide::Facts& facts) {
  if (identity.host_nqn.empty() && is_unknown(identity, facts, IdentityPart::host_nqn))
    return std::nullopt;
  if (auto problem = host_nqn_problem(identity.host_nqn))
    return IdentityProblem{IdentityPart::host_nqn, std::move(*problem)};
  if (identity.hostid.empty() && is_unknown(identity, facts, IdentityPart::hostid))
    return std::nullopt;
  if (auto problem = hostid_problem(identity.hostid))
    return IdentityProblem{IdentityPart::hostid, std::move(*problem)};
  return std::nullopt;
}

std::optional<std::string> identity_conflict(const ResolvedIdentity& identity,
                                             const decide::Facts& facts) {
  if (!facts.controllers || identity.host_nqn.empty() || identity.hostid.empty())
    return std::nullopt;
  std::string const id = base::canonical_uuid(identity.hostid);
  for (const decide::Controller* const one : facts.controllers->identities_in_use()) {
    const decide::Controller& controller = *one;
    if (controller.host_nqn.empty() || controller.hostid.empty())
      continue;
    bool const same_id = controller.hostid == id || base::canonical_uuid(controller.hostid) == id;
    bool const same_nqn = controller.host_nqn == identity.host_nqn;
    if (same_id && !same_nqn)
      return fmt::format("{} uses hostid {} with host NQN {}", controller.device, controller.hostid,
                         controller.host_nqn);
    if (same_nqn && !same_id)
      return fmt::format("{} uses host NQN {} with hostid {}", controller.device,
                         controller.host_nqn, controller.hostid);
  }
  return std::nullopt;
}

} // namespace nvmf::plan
