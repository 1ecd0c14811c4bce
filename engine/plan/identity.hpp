// As whom the host connects: LANGUAGE "identity".
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nvmf::plan {

struct ResolvedIdentity {
  std::string host_nqn; // empty: missing or unknown
  std::string hostid;
  const policy::Identity* named = nullptr; // whose secrets apply; none: no secrets
};

// The identity's values: literals, or what facts say of its files; for `default` without values
// /etc/nvme/hostnqn and /etc/nvme/hostid. A hostid that is absent, or /etc/nvme/hostid and missing,
// is the UUID in the host NQN where that has one; a hostid is given as the kernel shows it, in
// lower case.
ResolvedIdentity values_of(const policy::Identity& identity, const decide::Facts& facts);

// The identity an event brings along before any rule applies: its own where it has one (connected
// device, parent), a target's, else `default`.
ResolvedIdentity inherited_identity(const policy::Policy& policy, const decide::Facts& facts,
                                    const event::Event& event);

// The same after the rule: a target's own, else the rule's where it names one, else that.
ResolvedIdentity identity_for(const policy::Policy& policy, const decide::Facts& facts,
                              const event::Event& event, const policy::Rule& rule);

// The event with host NQN, hostid and the name of the identity filled in from inherited_identity,
// and with the name of its target among its sources.
event::Event with_identity(const policy::Policy& policy, const decide::Facts& facts,
                           event::Event event);

enum class IdentityPart : std::uint8_t { host_nqn, hostid };

struct IdentityProblem {
  IdentityPart part = IdentityPart::host_nqn;
  std::string text; // "no host NQN", "hostid is the placeholder UUID …"
};

// Why the identity cannot be used; nothing where it can, or where facts say nothing about it.
std::optional<IdentityProblem> identity_problem(const ResolvedIdentity& identity,
                                                const decide::Facts& facts);

// "nvme3 uses hostid … with …": a controller that counts as connected, with the same hostid under
// another host NQN, or the reverse; the kernel would refuse (drivers/nvme/host/fabrics.c,
// nvmf_host_add).
std::optional<std::string> identity_conflict(const ResolvedIdentity& identity,
                                             const decide::Facts& facts);

} // namespace nvmf::plan
