// From where a path is connected: LANGUAGE "host-side".
#pragma once

#include "decide/facts.hpp"
#include "decide/outcome.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nvmf::plan {

// One way to connect. `reason` set: it cannot be used now, and `detail` says why.
struct HostSideChoice {
  base::Endpoint endpoint;              // its traddr with the scope that the host side implies
  std::optional<decide::Reason> reason; // source_missing or not_reachable_from_source
  std::string detail;

  bool operator==(const HostSideChoice&) const = default;
};

// The `host-side` that holds for the event: a host side that its target or the firmware's table
// names is kept; what the target says about one comes before the rule.
policy::HostSide host_side_for(const event::Event& event, const policy::Target* target,
                               const policy::Rule& rule);

// At least one choice. `event` brings the inherited host side; a host side that a target names is
// kept whatever `mode` says. Facts that are unknown refuse nothing.
std::vector<HostSideChoice> resolve_host_side(const event::Event& event, policy::HostSide mode,
                                              const decide::Facts& facts);

// The local FC ports with what the event and the live controllers show: a host port behind which
// one of them is that the list does not have is one whose list is not complete (KERNEL, section 5).
std::optional<std::vector<decide::FcPort>> fc_ports_as_shown(const decide::Facts& facts,
                                                             const event::Event& event);

// The target port is behind the host port, or it is not known what is.
bool may_see(const decide::FcPort& port, const base::FcAddress& target);

// The same for a discovery controller: a host side that the event has is kept while this host has
// it; fc without a host port through every one that sees it.
std::vector<HostSideChoice> resolve_discovery_host_side(const event::Event& event,
                                                        policy::HostSide mode,
                                                        const decide::Facts& facts);

// The interface that has the address; null: none of these.
const decide::Interface* interface_with(const std::vector<decide::Interface>& interfaces,
                                        const base::IpAddress& address);

} // namespace nvmf::plan
