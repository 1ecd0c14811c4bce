// The settings of a rule, with profiles and defaults looked up: two rules with the same settings
// are the same to the reader of a difference.
#pragma once

#include "policy/policy.hpp"

#include <map>
#include <string>
#include <vector>

namespace nvmf::analyze {

// Everything that a rule decides beside its action, as words of the policy language: `nr-io-queues`
// → `16`, `host-side` → `same-subnet`, `retry first-delay` → `2s`, and `ctrl-loss-tmo on tcp` where
// an option does not come to the same on all transports that the rule can match. Settings that are
// left to the kernel or depend on the event are absent. Looked up as LANGUAGE orders it: rule, its
// profiles, (secrets) identity, `defaults` of its file, of the main file.
using Settings = std::map<std::string, std::string>;

Settings settings_of(const policy::Policy& policy, const policy::Rule& rule);
// The same of a target that the rule accepts: the target's own words first, as the identity it has,
// without what its transport does not take.
Settings settings_of(const policy::Policy& policy, const policy::Rule& rule,
                     const policy::Target& target);
// The connect options alone, for a target's own settings the same with the target's on top.
Settings options_of(const policy::Policy& policy, const policy::Rule& rule);

struct SettingChange {
  std::string name;   // of one transport: `ctrl-loss-tmo on tcp`
  std::string before; // empty: not set
  std::string after;
  bool operator==(const SettingChange&) const = default;
};

// A setting that differs by transport on either side is compared on each of
// `transports` alone.
std::vector<SettingChange> changes(const Settings& before, const Settings& after,
                                   base::TransportSet transports = base::TransportSet::all());
// The transports on which any of them is seen: all, unless each is of one transport.
base::TransportSet transports_of(const std::vector<SettingChange>& changes);

} // namespace nvmf::analyze
