// Guards, rules and targets with everything that they name.
#include "policy/resolve/resolver.hpp"

#include "base/nearest.hpp"
#include "policy/check_policy.hpp"
#include "policy/situations.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

void report_unknown_profile(Resolver& resolver, const NameUse& use, std::size_t file) {
  if (resolver.incomplete)
    return;
  std::vector<std::string> names;
  for (const auto& [name, profile] : resolver.profiles[file])
    names.push_back(name);
  auto const near = base::nearest(use.name, names);
  if (near) // plainly meant, so not unused
    resolver.used.insert(resolver.profiles[file].find(*near)->second.get());
  resolver.sink.add(303, fmt::format("unknown profile `{}`", use.name), use.span).help =
      near ? fmt::format("did you mean `{}`?", *near)
           : std::string("a file sees its own `profiles` and those of the main file");
}

struct ProfileConflict {
  base::OptionId option;
  const OptionSetting* earlier = nullptr;
  const OptionSetting* later = nullptr;
  std::optional<base::Transport> only; // none: on every transport
};

// The first option that the two set differently for one transport.
std::optional<ProfileConflict> conflict_between(const Profile& earlier, const Profile& later) {
  for (const auto& [key, setting] : later.connect)
    for (base::Transport const each : base::all_transports) {
      if (!base::connect_option(key.option).transports.contains(each))
        continue;
      const OptionSetting* first = setting_on(earlier.connect, key.option, each);
      const OptionSetting* second = setting_on(later.connect, key.option, each);
      if (first == nullptr || second == nullptr || first->value == second->value)
        continue;
      bool const everywhere = earlier.connect.contains(key.option) &&
                              first == &earlier.connect.at(key.option) && second == &setting &&
                              !key.only;
      return ProfileConflict{key.option, first, second,
                             everywhere ? std::nullopt : std::optional(each)};
    }
  return std::nullopt;
}

// Two profiles, one option, two values.
void check_conflicts(Resolver& resolver, const Profile& earlier, const Profile& later,
                     const NameUse& use) {
  auto const conflict = conflict_between(earlier, later);
  if (!conflict)
    return;
  diag::Finding& finding = resolver.sink.add(
      305,
      fmt::format("profiles `{}` and `{}` set `{}` differently{}", earlier.name, later.name,
                  base::connect_option(conflict->option).name,
                  conflict->only ? fmt::format(" on {}", to_string(*conflict->only)) : ""),
      use.span);
  for (const OptionSetting* setting : {conflict->earlier, conflict->later})
    finding.spans.push_back(
        {setting->span, base::to_policy_text(conflict->option, setting->value), false});
  finding.help =
      "a profile that is listed later does not win over an earlier one; take the option out of "
      "one of the two, or name only one of them here";
}

SubjectSet subjects_of_rule(const DecodedRule& decoded, const Match& match) {
  switch (decoded.rule.action) {
  case Action::discover:
    return {.discovery_controllers = true, .io_subsystems = false};
  case Action::connect:
    return {.discovery_controllers = false, .io_subsystems = true};
  case Action::ignore:
    break;
  }
  return subjects_of_match(match);
}

// 314: which endpoints have a target already.
class Endpoints {
public:
  explicit Endpoints(diag::Sink& sink) : sink_(sink) {}

  void add(const Target& target) {
    for (const TargetEndpoint& endpoint : target.endpoints) {
      auto const [at, added] =
          seen_.emplace(key_of(target, endpoint), Seen{target.name, target.file, endpoint.span});
      if (!added)
        report(at->second, target, endpoint);
    }
  }

private:
  struct Seen {
    std::string target;
    std::size_t file = 0;
    diag::Span span;
  };

  // Host names are compared without case, as the resolver does.
  static std::string key_of(const Target& target, const TargetEndpoint& endpoint) {
    std::string name = endpoint.host_name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    // One field a line: no value can hold a line feed.
    return fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}\n{}", to_string(target.transport),
        endpoint.traddr ? endpoint.traddr->to_string() : name, endpoint.trsvcid.value_or(0),
        endpoint.host_traddr ? endpoint.host_traddr->to_string() : "", endpoint.host_iface,
        target.subsystem_nqn, target.identity ? "as " + *target.identity : "");
  }

  void report(const Seen& first, const Target& target, const TargetEndpoint& endpoint) {
    bool const is_own = first.target == target.name && first.file == target.file;
    diag::Finding& finding =
        sink_.add(first.file == target.file ? diag::Severity::error : diag::Severity::warning, 314,
                  is_own ? fmt::format("duplicate endpoint in target `{}`", target.name)
                         : fmt::format("targets `{}` and `{}` have the same endpoint", first.target,
                                       target.name),
                  endpoint.span);
    finding.spans.push_back({first.span, "first here", false});
    finding.help = first.file == target.file
                       ? "keep one of them; a second connection needs another host side or identity"
                       : "the first in the order of files holds";
  }

  diag::Sink& sink_;
  std::unordered_map<std::string, Seen> seen_;
};

// True if its match was read in full and may hold.
bool resolve_rule(Resolver& resolver, DecodedRule& decoded, std::size_t file) {
  Rule& rule = decoded.rule;
  rule.match = resolve_match(resolver, decoded.match, file);
  rule.applies_to = subjects_of_rule(decoded, rule.match);
  rule.profiles = resolve_profiles(resolver, decoded.profiles, file);
  rule.identity = resolve_identity(resolver, decoded.identity);
  if (decoded.match.damaged || !decoded.action)
    return false;
  bool const possible = check_possible(resolver, rule.match, rule.applies_to, &rule.action);
  check_rule_transports(rule, decoded.profiles, resolver.sink);
  return possible;
}

} // namespace

std::vector<std::shared_ptr<const Profile>>
resolve_profiles(Resolver& resolver, const std::vector<NameUse>& uses, std::size_t file) {
  std::vector<std::shared_ptr<const Profile>> profiles;
  for (const NameUse& use : uses) {
    auto const at = resolver.profiles[file].find(use.name);
    if (at == resolver.profiles[file].end()) {
      report_unknown_profile(resolver, use, file);
      continue;
    }
    resolver.used.insert(at->second.get());
    for (const auto& earlier : profiles)
      check_conflicts(resolver, *earlier, *at->second, use);
    profiles.push_back(at->second);
  }
  return profiles;
}

void resolve_guards(Resolver& resolver) {
  for (std::size_t i = 0; i < resolver.files.size(); ++i)
    for (DecodedGuard& decoded : resolver.files[i].guards) {
      Guard& guard = decoded.guard;
      guard.match = resolve_match(resolver, decoded.match, i);
      guard.applies_to = subjects_of_match(guard.match);
      if (!decoded.match.damaged &&
          check_possible(resolver, guard.match, guard.applies_to, nullptr))
        resolver.sound_guards.push_back(resolver.policy.guards.size());
      resolver.policy.guards.push_back(guard);
    }
}

void resolve_rules(Resolver& resolver) {
  for (std::size_t i = 0; i < resolver.files.size(); ++i)
    for (std::size_t j = 0; j < resolver.files[i].rules.size(); ++j) {
      DecodedRule& decoded = resolver.files[i].rules[j];
      bool const sound = resolve_rule(resolver, decoded, i);
      if (resolver.disabled.contains({i, j}))
        continue;
      if (sound)
        resolver.sound_rules.push_back(resolver.policy.rules.size());
      resolver.policy.rules.push_back(decoded.rule);
    }
}

void resolve_targets(Resolver& resolver) {
  std::unordered_map<std::string, diag::Span> seen;
  Endpoints endpoints(resolver.sink);
  for (std::size_t i = 0; i < resolver.files.size(); ++i)
    for (DecodedTarget& decoded : resolver.files[i].targets) {
      Target& target = decoded.target;
      target.file = i;
      target.profiles = resolve_profiles(resolver, decoded.profiles, i);
      target.identity = resolve_identity(resolver, decoded.identity);
      auto const [at, added] = seen.emplace(target.name, target.span);
      if (!added && !target.name.empty()) {
        diag::Finding& finding =
            resolver.sink.add(diag::Severity::error, 304,
                              fmt::format("duplicate target `{}`", target.name), target.span);
        finding.spans.push_back({at->second, "first here", false});
      }
      check_target_transport(target, decoded.profiles, resolver.sink);
      endpoints.add(target);
      resolver.policy.targets.push_back(target);
    }
}

} // namespace nvmf::policy
