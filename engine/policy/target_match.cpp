#include "policy/target_match.hpp"

#include "base/nqn.hpp"
#include "policy/covers.hpp"

#include <algorithm>

namespace nvmf::policy {

namespace {

Holds opposite(Holds holds) {
  return holds == Holds::yes ? Holds::no : holds == Holds::no ? Holds::yes : Holds::perhaps;
}

std::optional<Pattern> address_pattern(const std::optional<base::Traddr>& address) {
  if (!address)
    return std::nullopt;
  if (const base::IpAddress* ip = address->ip())
    return *ip;
  if (const base::FcAddress* fc = address->fc())
    return base::FcPattern{{.value = fc->node, .digits = 16}, {.value = fc->port, .digits = 16}};
  return *address;
}

std::optional<Pattern> pattern_of_name(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional<Pattern>(base::Glob(name));
}

// A target at one of its endpoints.
struct Place {
  const Target& target;
  const TargetEndpoint& endpoint;
};

// The value of a key that the boot event has; nothing: it has none.
std::optional<Pattern> value_of(const Place& place, MatchKey key) {
  const auto& [target, endpoint] = place;
  switch (key) {
  case MatchKey::event:
    return base::EventKind::boot;
  case MatchKey::transport:
    return target.transport;
  case MatchKey::traddr:
    return address_pattern(endpoint.traddr);
  case MatchKey::host_traddr:
    return address_pattern(endpoint.host_traddr);
  case MatchKey::trsvcid:
    if (endpoint.trsvcid)
      return NumberRange{*endpoint.trsvcid, *endpoint.trsvcid};
    return std::nullopt;
  case MatchKey::host_iface:
    return pattern_of_name(endpoint.host_iface);
  case MatchKey::subsystem_nqn:
    return pattern_of_name(target.subsystem_nqn);
  case MatchKey::discovery_nqn:
    if (target.subject() == base::Subject::discovery_controller)
      return base::Glob(std::string(base::well_known_discovery_nqn));
    return std::nullopt;
  case MatchKey::source:
    return target.name;
  case MatchKey::identity:
    return base::Glob(target.identity.value_or("default"));
  case MatchKey::host_nqn:
  case MatchKey::hostname:
  case MatchKey::owner:
  case MatchKey::persistent:
  case MatchKey::portid:
  case MatchKey::secure_channel:
  case MatchKey::udev:
    return std::nullopt;
  }
  return std::nullopt;
}

bool is_of_host(const Clause& clause, const Place& place) {
  // fc without a host port: any that sees the target.
  const bool any_port = clause.key == MatchKey::host_traddr && !place.endpoint.host_traddr &&
                        place.target.transport == base::Transport::fc;
  const bool any_address = clause.key == MatchKey::traddr && !place.endpoint.host_name.empty();
  return any_port || any_address || clause.key == MatchKey::host_nqn ||
         clause.key == MatchKey::hostname;
}

// A scope or a wildcard in the value: `covers` then errs on the side of no.
bool is_exact(const Pattern& value) {
  if (const auto* ip = std::get_if<base::IpAddress>(&value))
    return ip->scope.empty();
  const auto* glob = std::get_if<base::Glob>(&value);
  return glob == nullptr || glob->is_literal();
}

Holds holds_for(const Clause& clause, const Place& place) {
  if (is_of_host(clause, place))
    return Holds::perhaps;
  const auto value = value_of(place, clause.key);
  if (!value)
    return Holds::no;
  const Clause only{.key = clause.key, .values = {*value}};
  if (covers(clause, only))
    return Holds::yes;
  return is_exact(*value) ? Holds::no : Holds::perhaps;
}

Holds holds_at(const Match& match, const Place& place) {
  Holds all = Holds::yes;
  for (const Clause& clause : match.all)
    all = std::min(all, holds_for(clause, place));
  for (const Clause& clause : match.none)
    all = std::min(all, opposite(holds_for(clause, place)));
  return all;
}

} // namespace

Holds holds_for(const Match& match, const SubjectSet& subjects, const Target& target) {
  if (!subjects.contains(target.subject()) || target.endpoints.empty())
    return Holds::no;
  const Holds first = holds_at(match, {target, target.endpoints.front()});
  const bool alike = std::all_of(target.endpoints.begin() + 1, target.endpoints.end(),
                                 [&](const TargetEndpoint& endpoint) {
                                   return holds_at(match, {target, endpoint}) == first;
                                 });
  return alike ? first : Holds::perhaps;
}

std::vector<const Rule*> rules_for(const Policy& policy, const Target& target) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : policy.rules) {
    const Holds holds = holds_for(rule.match, rule.applies_to, target);
    if (holds != Holds::no && rule.action != Action::ignore)
      rules.push_back(&rule);
    if (holds == Holds::yes)
      break;
  }
  return rules;
}

} // namespace nvmf::policy
