#include "cli/host_check.hpp"

#include "base/host_uuid.hpp"
#include "cli/firmware_check.hpp"
#include "cli/host_secrets.hpp"
#include "decide/decide.hpp"
#include "diag/whole_file.hpp"
#include "event/from_target.hpp"
#include "host/exclusions.hpp"
#include "host/fabrics_mounts.hpp"
#include "host/identity.hpp"
#include "host/neighbours.hpp"
#include "load/trust.hpp"
#include "plan/exclusion.hpp"
#include "plan/identity.hpp"
#include "plan/identity_remedy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t missing_file_or_credential = 308;
constexpr std::uint16_t shared_hostid = 310;
constexpr std::uint16_t shared_hostnqn = 312;
constexpr std::uint16_t same_identity_twice = 316;
constexpr std::uint16_t policy_writable = 503;
constexpr std::uint16_t untrusted_path = 504;
constexpr std::uint16_t unusable_host_identity = 509;
constexpr std::uint16_t guard_denies_host = 510;
constexpr std::uint16_t other_orchestrator = 706;
constexpr std::uint16_t excluded_target = 707;
constexpr std::uint16_t mount_without_netdev = 709;
constexpr std::uint16_t foreign_rule_active = 710;
constexpr std::uint16_t exclusion_without_effect = 711;
constexpr const char* default_identity = "default";

// A line of a file of this host; the file as a whole where there is no such line.
diag::Span line_of(const base::FileSystem& files, const std::string& path, std::uint32_t line) {
  constexpr std::size_t longest = std::size_t{1024} * 1024;
  const auto text = files.read(path, longest);
  const auto source = std::make_shared<const diag::Source>(diag::Source{path, text.value_or("")});
  const auto length = static_cast<std::uint32_t>(source->line(line).size());
  if (length == 0)
    return diag::whole_file(path);
  return {.source = source, .start = {line, 1}, .end = {line, length + 1}};
}

void check_trust(const HostView& host, const load::Loaded& loaded, diag::Sink& sink) {
  for (const load::Distrust& one : load::distrusted(host.files, loaded, host.owner)) {
    auto& finding = sink.add(one.in_path ? untrusted_path : policy_writable,
                             fmt::format("`{}` {}", one.path, one.why), diag::whole_file(one.path));
    if (!one.in_path)
      finding.notes.push_back("the services refuse it and use the last good policy");
  }
}

void check_identity_files(const policy::Policy& policy, const decide::Facts& facts,
                          diag::Sink& sink) {
  for (const auto& [name, identity] : policy.identities)
    for (const auto& value : {identity.hostnqn, identity.hostid}) {
      if (!value || !value->is_file || value->span.source == nullptr)
        continue;
      const auto found = facts.files.find(value->text);
      if (found == facts.files.end() || found->second.empty())
        sink.add(missing_file_or_credential, fmt::format("`{}` is not there or empty", value->text),
                 value->span);
    }
}

// The place of the identity: in the policy, in the firmware's table, or in the files from which the
// default one comes.
diag::Span place_of(const HostView& host, const policy::Identity& identity,
                    plan::IdentityPart part) {
  if (identity.span.source)
    return identity.span;
  if (identity.name == policy::nbft_name && !host.facts.nbft.empty())
    return diag::whole_file(host.facts.nbft.front().path);
  return line_of(host.files,
                 part == plan::IdentityPart::hostid ? host::hostid_path : host::hostnqn_path, 1);
}

// As whom the host connects: nobody, a placeholder, or two hosts at once.
void check_identity(const HostView& host, const policy::Identity& identity,
                    const decide::Facts& facts, diag::Sink& sink) {
  const plan::ResolvedIdentity values = plan::values_of(identity, facts);
  const bool is_missing = values.host_nqn.empty() || values.hostid.empty();
  // A named identity's file that is not there was reported at its place.
  if (is_missing && identity.name != default_identity)
    return;
  if (const auto problem = plan::identity_problem(values, facts)) {
    diag::Finding& finding =
        sink.add(is_missing ? missing_file_or_credential : unusable_host_identity,
                 fmt::format("identity `{}` cannot be used: {}", identity.name, problem->text),
                 place_of(host, identity, problem->part));
    finding.notes.push_back("nothing is connected with it: `identity-missing`");
    finding.help = plan::remedy_for(values);
    return;
  }
  for (const std::string& doubt : base::identity_doubts(values.host_nqn, values.hostid))
    sink.add(unusable_host_identity, fmt::format("identity `{}` {}", identity.name, doubt),
             place_of(host, identity, plan::IdentityPart::hostid));
}

void check_identities(const HostView& host, const policy::Policy& policy,
                      const decide::Facts& facts, diag::Sink& sink) {
  for (const auto& [name, identity] : policy.identities)
    check_identity(host, identity, facts, sink);
  if (!policy.identities.contains(default_identity))
    check_identity(host, {.name = default_identity}, facts, sink);
}

// Two identities that the files make one, or half of one: which literal and which file they come
// from the policy alone does not tell.
void report_shared(const policy::Identity& first, const policy::Identity& second,
                   const plan::ResolvedIdentity& a, const plan::ResolvedIdentity& b,
                   diag::Sink& sink) {
  const bool same_nqn = a.host_nqn == b.host_nqn;
  const bool same_id = a.hostid == b.hostid;
  if (!same_nqn && !same_id)
    return;
  const bool same = same_nqn && same_id;
  diag::Finding& finding =
      sink.add(same      ? same_identity_twice
               : same_id ? shared_hostid
                         : shared_hostnqn,
               same ? fmt::format("identities `{}` and `{}` are the same", first.name, second.name)
                    : fmt::format("identities `{}` and `{}` share their {}", first.name,
                                  second.name, same_id ? "host ID" : "host NQN"),
               second.span);
  if (first.span.source)
    finding.spans.push_back({first.span, "also here", false});
  if (same && first.name == default_identity)
    finding.help = "give what belongs to the host's own identity under `identities.default`";
}

void check_shared(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  std::vector<std::pair<const policy::Identity*, plan::ResolvedIdentity>> known;
  const auto look_at = [&](const policy::Identity& identity) {
    plan::ResolvedIdentity values = plan::values_of(identity, facts);
    if (values.host_nqn.empty() || values.hostid.empty())
      return;
    for (const auto& [other, others] : known)
      report_shared(*other, identity, others, values, sink);
    known.emplace_back(&identity, std::move(values));
  };
  // `default` first: a finding is about the name that was given.
  if (const auto own = policy.identities.find(default_identity); own != policy.identities.end())
    look_at(own->second);
  // The firmware's may well be the host's own, or one that the policy gives a name.
  for (const auto& [name, identity] : policy.identities)
    if (name != default_identity && name != policy::nbft_name)
      look_at(identity);
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
        unreadable ? diag::whole_file(problem.path) : line_of(files, problem.path, problem.line));
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
    check_identity_files(*loaded.policy, host.facts, sink);
    check_identities(host, *loaded.policy, host.facts, sink);
    check_shared(*loaded.policy, host.facts, sink);
    check_guards(*loaded.policy, host.facts, sink);
    check_targets(*loaded.policy, host.facts, sink);
    check_firmware(*loaded.policy, host.facts, sink);
  }
  check_exclusions(host.files, sink);
  for (const host::FabricsMount& mount : host::mounts_without_netdev(host.files))
    sink.add(mount_without_netdev,
             fmt::format("/etc/fstab mounts `{}` without `_netdev`, and it lies on {}, which is "
                         "reached over a fabric",
                         mount.where, mount.device),
             line_of(host.files, "/etc/fstab", mount.line));
  for (const std::string& name : host::active_orchestrators(host.files))
    sink.add(other_orchestrator, fmt::format("`{}` is running and connects, too", name),
             diag::whole_file(name + ".service"));
  for (const host::ForeignConnect& one : host::foreign_connects(host.files))
    sink.add(foreign_rule_active,
             fmt::format("`{}` runs `nvme connect` by itself, past guards and rules", one.path),
             line_of(host.files, one.path, one.line));
}

} // namespace nvmf::cli
