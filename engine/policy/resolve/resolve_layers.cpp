// The relations between files: rules switched off, caps, unused definitions.
#include "policy/resolve/resolver.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

bool is_file_there(const Resolver& resolver, std::string_view name) {
  return std::any_of(resolver.files.begin(), resolver.files.end(),
                     [&](const DecodedFile& file) { return file.file.name == name; });
}

void report_unknown_rule(Resolver& resolver, const NameUse& use, bool ambiguous) {
  auto const slash = use.name.find('/');
  if (resolver.incomplete)
    return;
  if (slash != std::string::npos && !is_file_there(resolver, use.name.substr(0, slash))) {
    resolver.sink.add(diag::Severity::warning, 307,
                      fmt::format("`{}` names a rule of a file that is not there", use.name),
                      use.span);
    return;
  }
  std::vector<std::string> names;
  for (const DecodedFile& file : resolver.files)
    for (const DecodedRule& rule : file.rules) {
      names.push_back(rule.rule.name);
      names.push_back(rule.rule.full_name);
    }
  auto const near = base::nearest(use.name, names);
  diag::Finding& finding =
      resolver.sink.add(307,
                        ambiguous ? fmt::format("several files have a rule `{}`", use.name)
                                  : fmt::format("unknown rule `{}`", use.name),
                        use.span);
  if (ambiguous)
    finding.help = "name it in full, FILE/NAME";
  else if (near)
    finding.help = fmt::format("did you mean `{}`?", *near);
}

bool is_vendor_file(std::string_view path) { return path.starts_with("/usr/"); }

void disable(Resolver& resolver, const NameUse& use, std::size_t file) {
  auto const at = resolver.rule_names.find(use.name);
  if (at == resolver.rule_names.end() || at->second.ambiguous) {
    report_unknown_rule(resolver, use, at != resolver.rule_names.end());
    return;
  }
  auto const [rule_file, index, ambiguous] = at->second;
  const std::string& path = resolver.files[file].file.path;
  const std::string& rule_path = resolver.files[rule_file].file.path;
  if (rule_file == file)
    resolver.sink.add(307, fmt::format("`{}` is a rule of this file", use.name), use.span).help =
        "`disable-rules` is for rules of other files; take the rule out";
  else if (is_vendor_file(path) && rule_path.starts_with("/etc/"))
    resolver.sink.add(
        307, fmt::format("a file under /usr cannot switch off `{}`, a rule of /etc", use.name),
        use.span);
  else
    resolver.disabled.insert({rule_file, index});
}

template <class T>
struct Lowest {
  const Placed<T>* cap = nullptr;
  bool several = false; // files differ
};

// The lowest cap of all files, and a remark where a file lowers that of another.
template <class T>
void lower(Resolver& resolver, std::optional<Placed<T>> DecodedLimits::*member,
           std::string_view name, T& result) {
  Lowest<T> lowest;
  for (const DecodedFile& file : resolver.files) {
    const auto& cap = file.limits.*member;
    if (!cap)
      continue;
    lowest.several = lowest.several || (lowest.cap != nullptr && lowest.cap->value != cap->value);
    if (lowest.cap == nullptr || cap->value < lowest.cap->value)
      lowest.cap = &*cap;
  }
  if (lowest.cap == nullptr)
    return;
  result = lowest.cap->value;
  if (!lowest.several)
    return;
  diag::Finding& finding = resolver.sink.add(
      705, fmt::format("this `{}` wins over the higher one of another file", name),
      lowest.cap->span);
  for (const DecodedFile& file : resolver.files)
    if (const auto& cap = file.limits.*member; cap && cap->value != lowest.cap->value)
      finding.spans.push_back({cap->span, "has no effect", false});
}

void report_unused_name(Resolver& resolver, std::string_view what, const std::string& name,
                        const diag::Span& span) {
  resolver.sink.add(306, fmt::format("nothing uses {} `{}`", what, name), span);
}

} // namespace

void resolve_disabled(Resolver& resolver) {
  for (std::size_t i = 0; i < resolver.files.size(); ++i)
    for (const NameUse& use : resolver.files[i].disabled)
      disable(resolver, use, i);
}

void resolve_limits(Resolver& resolver) {
  Limits& limits = resolver.policy.limits;
  lower(resolver, &DecodedLimits::referral_depth, "referral-depth", limits.referral_depth);
  lower(resolver, &DecodedLimits::log_entries, "log-entries", limits.log_entries);
  lower(resolver, &DecodedLimits::probe_timeout, "probe-timeout", limits.probe_timeout);
  lower(resolver, &DecodedLimits::probes_in_flight, "probes-in-flight", limits.probes_in_flight);
  for (const DecodedFile& file : resolver.files) {
    if (file.boot && file.file.is_main)
      resolver.policy.boot = *file.boot;
    if (file.nbft && file.file.is_main)
      resolver.policy.nbft = *file.nbft;
  }
}

void report_unused(Resolver& resolver) {
  if (resolver.incomplete)
    return;
  for (const auto& set : resolver.policy.sets)
    if (!resolver.used.contains(set.get()))
      report_unused_name(resolver, "set", set->name, set->span);
  for (const auto& profile : resolver.policy.profiles)
    if (!resolver.used.contains(profile.get()))
      report_unused_name(resolver, "profile", profile->name, profile->span);
  // One with secrets serves connected devices that have its values, named or not.
  for (const auto& [name, identity] : resolver.policy.identities)
    if (!is_reserved(name) && identity.secrets.empty() && !resolver.used.contains(&identity))
      report_unused_name(resolver, "identity", name, identity.span);
}

} // namespace nvmf::policy
