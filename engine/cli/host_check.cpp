#include "cli/host_check.hpp"

#include "cli/firmware_check.hpp"
#include "cli/host_identities.hpp"
#include "cli/host_line.hpp"
#include "cli/host_names.hpp"
#include "cli/host_secrets.hpp"
#include "decide/decide.hpp"
#include "diag/whole_file.hpp"
#include "event/from_target.hpp"
#include "host/exclusions.hpp"
#include "host/fabrics_mounts.hpp"
#include "host/neighbours.hpp"
#include "load/trust.hpp"
#include "plan/exclusion.hpp"
#include "plan/identity.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t policy_writable = 503;
constexpr std::uint16_t untrusted_path = 504;
constexpr std::uint16_t guard_denies_host = 510;
constexpr std::uint16_t other_orchestrator = 706;
constexpr std::uint16_t excluded_target = 707;
constexpr std::uint16_t mount_without_netdev = 709;
constexpr std::uint16_t foreign_rule_active = 710;
constexpr std::uint16_t exclusion_without_effect = 711;
constexpr const char* default_identity = "default";

void check_trust(const HostView& host, const load::Loaded& loaded, diag::Sink& sink) {
  for (const load::Distrust& one : load::distrusted(host.files, loaded, host.owner)) {
    auto& finding = sink.add(one.in_path ? untrusted_path : policy_writable,
                             fmt::format("`{}` {}", one.path, one.why), diag::whole_file(one.path));
    if (!one.in_path)
      finding.notes.push_back("the services refuse it and use the last good policy");
  }
}

// All clauses are about the host, and this one meets them. None is met by a fact that is unknown.
bool denies_host(const policy::Match& match, const event::Event& own,
                 const std::optional<std::string>& hostname) {
  const auto is_known = [&](const policy::Clause& clause) {
    return clause.key == policy::MatchKey::hostname   ? hostname.has_value()
           : clause.key == policy::MatchKey::host_nqn ? !own.host_nqn.empty()
                                                      : false;
  };
  const auto holds = [&](const policy::Clause& clause) {
    return decide::clause_matches(clause, own, hostname);
  };
  const bool has_clause = !match.all.empty() || !match.none.empty();
  return has_clause && std::all_of(match.all.begin(), match.all.end(), is_known) &&
         std::all_of(match.none.begin(), match.none.end(), is_known) &&
         std::all_of(match.all.begin(), match.all.end(), holds) &&
         std::none_of(match.none.begin(), match.none.end(), holds);
}

void check_guards(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  const auto given = policy.identities.find(default_identity);
  const policy::Identity identity =
      given == policy.identities.end() ? policy::Identity{.name = default_identity} : given->second;
  const event::Event own{.host_nqn = plan::values_of(identity, facts).host_nqn};
  for (const policy::Guard& guard : policy.guards)
    if (denies_host(guard.match, own, facts.hostname))
      sink.add(guard_denies_host,
               fmt::format("guard `{}` denies everything to this host", guard.name), guard.span)
          .help = "name what is to be denied, too, unless this host must connect nothing";
}

void check_targets(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  for (const policy::Target& target : policy.targets)
    for (const event::Event& event : event::from_target(target, facts.names)) {
      const plan::Tid tid{.endpoint = event.endpoint, .subsystem_nqn = event.subsystem_nqn};
      if (const decide::Exclusion* exclusion = plan::excluded_by(tid, facts)) {
        sink.add(excluded_target,
                 fmt::format("target `{}` is never connected: exclusions.conf has `{}`",
                             target.name, exclusion->text),
                 target.span);
        break;
      }
    }
}

void check_exclusions(const base::FileSystem& files, diag::Sink& sink) {
  for (const host::ExclusionProblem& problem : host::exclusion_problems(files)) {
    const bool unreadable = problem.line == 0;
    auto& finding = sink.add(
        exclusion_without_effect,
        unreadable ? problem.what : fmt::format("an exclusion without effect: {}", problem.what),
        unreadable ? diag::whole_file(problem.path) : host_line(files, problem.path, problem.line));
    if (unreadable) {
      finding.severity = diag::Severity::error;
      finding.notes.push_back(
          "its exclusions are unknown, so nothing is connected: `exclusions-unreadable`");
    }
  }
}

} // namespace

void check_host(const HostView& host, const load::Loaded& loaded, diag::Sink& sink) {
  check_trust(host, loaded, sink);
  if (loaded.policy) {
    check_host_secrets(host, *loaded.policy, sink);
    check_host_identities(host, *loaded.policy, sink);
    check_guards(*loaded.policy, host.facts, sink);
    check_targets(*loaded.policy, host.facts, sink);
    check_host_names(host, *loaded.policy, sink);
    check_firmware(*loaded.policy, host.facts, sink);
  }
  check_exclusions(host.files, sink);
  for (const host::FabricsMount& mount : host::mounts_without_netdev(host.files))
    sink.add(mount_without_netdev,
             fmt::format("/etc/fstab mounts `{}` without `_netdev`, and it lies on {}, which is "
                         "reached over a fabric",
                         mount.where, mount.device),
             host_line(host.files, "/etc/fstab", mount.line));
  for (const std::string& name : host::active_orchestrators(host.files))
    sink.add(other_orchestrator, fmt::format("`{}` is running and connects, too", name),
             diag::whole_file(name + ".service"));
  for (const host::ForeignConnect& one : host::foreign_connects(host.files))
    sink.add(foreign_rule_active,
             fmt::format("`{}` runs `nvme connect` by itself, past guards and rules", one.path),
             host_line(host.files, one.path, one.line));
}

} // namespace nvmf::cli
