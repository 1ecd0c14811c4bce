#include "policy/resolve/resolver.hpp"

#include "base/lower_case.hpp"
#include "base/nearest.hpp"
#include "base/nqn.hpp"

#include <fmt/format.h>
#include <map>

namespace nvmf::policy {

namespace {

constexpr const char* default_hostnqn = "/etc/nvme/hostnqn";
constexpr const char* default_hostid = "/etc/nvme/hostid";

void add_identity(Resolver& resolver, Identity& identity) {
  auto const [at, added] = resolver.policy.identities.emplace(identity.name, identity);
  if (added)
    return;
  diag::Finding& finding =
      resolver.sink.add(diag::Severity::error, 304,
                        fmt::format("duplicate identity `{}`", identity.name), identity.span);
  finding.spans.push_back({at->second.span, "first here", false});
}

void fill_default(Policy& policy) {
  Identity& identity = policy.identities["default"];
  identity.name = "default";
  if (!identity.hostnqn)
    identity.hostnqn = TextOrFile{.text = default_hostnqn, .is_file = true, .span = identity.span};
}

// LANGUAGE `identity`: the host's own file completes the host's own file, a host NQN with a UUID
// itself; nothing else does.
void complete(Identity& identity) {
  if (identity.hostid || !identity.hostnqn)
    return;
  const TextOrFile& nqn = *identity.hostnqn;
  if (nqn.is_file && nqn.text == default_hostnqn)
    identity.hostid = TextOrFile{.text = default_hostid, .is_file = true, .span = nqn.span};
  else if (auto uuid = base::uuid_of_nqn(nqn.text); uuid && !nqn.is_file)
    identity.hostid = TextOrFile{.text = std::move(*uuid), .span = nqn.span};
}

// The value that two identities could share: the literal, or the file.
std::string key_of(const TextOrFile& value, std::uint16_t code) {
  // NQNs are case-sensitive, UUIDs are not.
  std::string const text = value.is_file || code == 312 ? value.text : base::lower_case(value.text);
  return (value.is_file ? "file " : "text ") + text;
}

bool is_same(const std::optional<TextOrFile>& a, const std::optional<TextOrFile>& b,
             std::uint16_t code) {
  return a && b && key_of(*a, code) == key_of(*b, code);
}

bool is_same(const Identity& a, const Identity& b) {
  return is_same(a.hostnqn, b.hostnqn, 312) && is_same(a.hostid, b.hostid, 310);
}

const diag::Span& place_of(const Identity& identity, const std::optional<TextOrFile>& value) {
  return value && value->span.source ? value->span : identity.span;
}

// `default` first, so that a finding is placed where a name was given.
std::vector<const Identity*> in_order(const Policy& policy) {
  std::vector<const Identity*> all{&policy.identities.at("default")};
  for (const auto& [name, identity] : policy.identities)
    if (name != "default")
      all.push_back(&identity);
  return all;
}

// Names of one and the same: whose secrets were meant could not be told.
void report_same(Resolver& resolver, const Identity& earlier, const Identity& later) {
  diag::Finding& finding = resolver.sink.add(
      316, fmt::format("identities `{}` and `{}` are the same", earlier.name, later.name),
      place_of(later, later.hostnqn));
  if (earlier.span.source)
    finding.spans.push_back({earlier.span, "also here", false});
  finding.help = earlier.name == "default"
                     ? "give what belongs to the host's own identity under `identities.default`"
                     : "keep one of them, and name it where the other is named";
}

// Pairs that are wholly the same were reported.
void check_shared(Resolver& resolver, std::optional<TextOrFile> Identity::*member,
                  std::uint16_t code, std::string_view what) {
  std::map<std::string, const Identity*> seen;
  auto const check = [&](const Identity& identity) {
    const auto& value = identity.*member;
    if (!value)
      return;
    auto const [at, added] = seen.emplace(key_of(*value, code), &identity);
    if (added || is_same(*at->second, identity))
      return;
    const diag::Span& where = place_of(identity, value);
    diag::Finding& finding =
        resolver.sink.add(code,
                          fmt::format("identities `{}` and `{}` share their {}", at->second->name,
                                      identity.name, what),
                          where);
    const auto& other = *(at->second->*member);
    if (other.span.source)
      finding.spans.push_back({other.span, "also here", false});
    finding.help = "the kernel refuses a host ID that is in use with another host NQN, and targets "
                   "take equal ones for one host";
  };
  for (const Identity* identity : in_order(resolver.policy))
    check(*identity);
}

void check_same(Resolver& resolver) {
  std::map<std::pair<std::string, std::string>, const Identity*> seen;
  for (const Identity* identity : in_order(resolver.policy)) {
    if (!identity->hostnqn || !identity->hostid)
      continue;
    auto const [first, added] = seen.emplace(
        std::pair(key_of(*identity->hostnqn, 312), key_of(*identity->hostid, 310)), identity);
    if (!added)
      report_same(resolver, *first->second, *identity);
  }
}

void check_identity_name(Resolver& resolver, const Identity& identity) {
  if (identity.name != "default" && is_reserved(identity.name))
    resolver.sink
        .add(317,
             fmt::format("an identity cannot be called `{}`: the name is reserved", identity.name),
             identity.span)
        .help = identity.name == nbft_name
                    ? "it is the identity of the firmware's table; give this one another name"
                    : "give this one another name";
}

} // namespace

void collect_identities(Resolver& resolver) {
  for (DecodedFile& file : resolver.files)
    for (Identity& identity : file.identities) {
      check_identity_name(resolver, identity);
      add_identity(resolver, identity);
      if (file.file.path.starts_with("/usr/") && identity.hostnqn && !identity.hostnqn->is_file)
        resolver.sink
            .add(
                507,
                fmt::format("every host with this file gets host NQN `{}`", identity.hostnqn->text),
                identity.hostnqn->span)
            .help = "write `{file: PATH}`, or define the identity under /etc";
    }
  fill_default(resolver.policy);
  Identity& of_firmware = resolver.policy.identities[std::string(nbft_name)];
  of_firmware.name = nbft_name; // its values are facts of the host
  for (auto& [name, identity] : resolver.policy.identities)
    complete(identity);
  check_same(resolver);
  check_shared(resolver, &Identity::hostid, 310, "host ID");
  check_shared(resolver, &Identity::hostnqn, 312, "host NQN");
}

std::optional<std::string> resolve_identity(Resolver& resolver, const std::optional<NameUse>& use) {
  if (!use)
    return std::nullopt;
  auto const at = resolver.policy.identities.find(use->name);
  if (at != resolver.policy.identities.end()) {
    resolver.used.insert(&at->second);
    return use->name;
  }
  if (resolver.incomplete)
    return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, identity] : resolver.policy.identities)
    names.push_back(name);
  auto const near = base::nearest(use->name, names);
  if (near) // plainly meant, so not unused
    resolver.used.insert(&resolver.policy.identities.at(*near));
  resolver.sink.add(309, fmt::format("unknown identity `{}`", use->name), use->span).help =
      near ? fmt::format("did you mean `{}`?", *near)
           : std::string("define it under `identities`, in any file");
  return std::nullopt;
}

} // namespace nvmf::policy
