#include "cli/host_identities.hpp"

#include "base/host_uuid.hpp"
#include "cli/host_line.hpp"
#include "diag/whole_file.hpp"
#include "host/identity.hpp"
#include "plan/identity.hpp"
#include "plan/identity_remedy.hpp"

#include <fmt/format.h>
#include <utility>
#include <vector>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t missing_file_or_credential = 308;
constexpr std::uint16_t shared_hostid = 310;
constexpr std::uint16_t shared_hostnqn = 312;
constexpr std::uint16_t same_identity_twice = 316;
constexpr std::uint16_t unusable_host_identity = 509;
constexpr const char* own_identity_name = "default";

// The files of an identity, reported where the policy names them; those of /etc/nvme, which it need
// not name, by themselves.
void check_files_of(const HostView& host, const policy::Identity& identity, diag::Sink& sink) {
  for (const auto& value : {identity.hostnqn, identity.hostid}) {
    if (!value || !value->is_file)
      continue;
    const bool is_named = value->span.source != nullptr;
    const auto found = host.facts.files.find(value->text);
    const bool is_missing = found == host.facts.files.end() || found->second.empty();
    // Of the host's own, check_identity reports that it is missing.
    if (is_missing && is_named)
      sink.add(missing_file_or_credential,
               fmt::format("`{}` {}", value->text, host::why_no_value(host.files, value->text)),
               value->span);
    else if (const auto doubt = host::identity_file_doubt(host.files, value->text))
      sink.add(unusable_host_identity, fmt::format("`{}` {}", value->text, *doubt),
               is_named ? value->span : host_line(host.files, value->text, 1));
  }
}

// The place of the part: in the policy, in the firmware's table, or in the files from which the
// default one comes.
diag::Span place_of(const HostView& host, const policy::Identity& identity,
                    plan::IdentityPart part) {
  const auto& value = part == plan::IdentityPart::hostid ? identity.hostid : identity.hostnqn;
  if (value && value->span.source)
    return value->span;
  if (identity.span.source)
    return identity.span;
  if (identity.name == policy::nbft_name && !host.facts.nbft.empty())
    return diag::whole_file(host.facts.nbft.front().path);
  return host_line(host.files,
                   part == plan::IdentityPart::hostid ? host::hostid_path : host::hostnqn_path, 1);
}

// As whom the host connects: nobody, a placeholder, or two hosts at once.
void check_identity(const HostView& host, const policy::Identity& identity, diag::Sink& sink) {
  const plan::ResolvedIdentity values = plan::values_of(identity, host.facts);
  const bool is_missing = values.host_nqn.empty() || values.hostid.empty();
  // A named identity's file that is not there was reported at its place.
  if (is_missing && identity.name != own_identity_name)
    return;
  if (const auto problem = plan::identity_problem(values, host.facts)) {
    diag::Finding& finding =
        sink.add(is_missing ? missing_file_or_credential : unusable_host_identity,
                 fmt::format("identity `{}` cannot be used: {}", identity.name, problem->text),
                 place_of(host, identity, problem->part));
    finding.notes.push_back("nothing is connected with it: `identity-missing`");
    finding.help = plan::remedy_for(values);
    return;
  }
  const auto of_nqn = base::host_nqn_doubt(values.host_nqn);
  for (const std::string& doubt : base::identity_doubts(values.host_nqn, values.hostid))
    sink.add(unusable_host_identity, fmt::format("identity `{}` {}", identity.name, doubt),
             place_of(host, identity,
                      doubt == of_nqn ? plan::IdentityPart::host_nqn : plan::IdentityPart::hostid));
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
  if (same && first.name == own_identity_name)
    finding.help = "give what belongs to the host's own identity under `identities.default`";
}

void check_shared(const policy::Policy& policy, const decide::Facts& facts, diag::Sink& sink) {
  std::vector<std::pair<const policy::Identity*, plan::ResolvedIdentity>> known;
  const auto look_at = [&](const policy::Identity& identity) {
    plan::ResolvedIdentity values = plan::values_of(identity, facts);
    // An unusable one was reported; two equal mistakes are not a shared identity.
    if (values.host_nqn.empty() || values.hostid.empty() || plan::identity_problem(values, facts))
      return;
    for (const auto& [other, others] : known)
      report_shared(*other, identity, others, values, sink);
    known.emplace_back(&identity, std::move(values));
  };
  // `default` first: a finding is about the name that was given.
  if (const auto own = policy.identities.find(own_identity_name); own != policy.identities.end())
    look_at(own->second);
  // The firmware's may well be the host's own, or one that the policy gives a name.
  for (const auto& [name, identity] : policy.identities)
    if (name != own_identity_name && name != policy::nbft_name)
      look_at(identity);
}

} // namespace

void check_host_identities(const HostView& host, const policy::Policy& policy, diag::Sink& sink) {
  for (const auto& [name, identity] : policy.identities) {
    check_files_of(host, identity, sink);
    check_identity(host, identity, sink);
  }
  if (!policy.identities.contains(own_identity_name))
    check_identity(host, {.name = own_identity_name}, sink);
  check_shared(policy, host.facts, sink);
}

} // namespace nvmf::cli
