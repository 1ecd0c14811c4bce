#include "policy/resolve/resolver.hpp"

#include "base/lower_case.hpp"
#include "base/nearest.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

constexpr const char* default_hostnqn = "/etc/nvme/hostnqn";
constexpr const char* default_hostid = "/etc/nvme/hostid";

void add_identity(Resolver& resolver, Identity& identity) {
  auto const [at, added] = resolver.policy.identities.emplace(identity.name, identity);
  if (added)
    return;
  diag::Finding& finding = resolver.sink.add(
      diag::Severity::error, 304, fmt::format("a second identity is called `{}`", identity.name),
      identity.span);
  finding.spans.push_back({at->second.span, "first here", false});
}

void fill_default(Policy& policy) {
  Identity& identity = policy.identities["default"];
  identity.name = "default";
  if (!identity.hostnqn)
    identity.hostnqn = TextOrFile{.text = default_hostnqn, .is_file = true, .span = identity.span};
  if (!identity.hostid)
    identity.hostid = TextOrFile{.text = default_hostid, .is_file = true, .span = identity.span};
}

// What two identities would share: the literal, or the file.
std::string key_of(const TextOrFile& value, std::uint16_t code) {
  // NQNs are case-sensitive, UUIDs are not.
  std::string const text = value.is_file || code == 312 ? value.text : base::lower_case(value.text);
  return (value.is_file ? "file " : "text ") + text;
}

void check_shared(Resolver& resolver, std::optional<TextOrFile> Identity::*member,
                  std::uint16_t code, std::string_view what) {
  std::map<std::string, const Identity*> seen;
  auto const check = [&](const Identity& identity) {
    const auto& value = identity.*member;
    if (!value)
      return;
    auto const [at, added] = seen.emplace(key_of(*value, code), &identity);
    if (added)
      return;
    const diag::Span& where = value->span.source ? value->span : identity.span;
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
  // `default` first, so that the finding stands where it was written.
  check(resolver.policy.identities.at("default"));
  for (const auto& [name, identity] : resolver.policy.identities)
    if (name != "default")
      check(identity);
}

} // namespace

void collect_identities(Resolver& resolver) {
  for (DecodedFile& file : resolver.files)
    for (Identity& identity : file.identities) {
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
  resolver.sink.add(309, fmt::format("no identity is called `{}`", use->name), use->span).help =
      near ? fmt::format("did you mean `{}`?", *near)
           : std::string("define it under `identities`, in any file");
  return std::nullopt;
}

} // namespace nvmf::policy
