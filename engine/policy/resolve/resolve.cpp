#include "policy/resolve/resolve.hpp"

#include "policy/resolve/resolver.hpp"

namespace nvmf::policy {

namespace {

void take_files(Policy& policy, const std::vector<DecodedFile>& files) {
  for (const DecodedFile& decoded : files) {
    if (decoded.file.is_main)
      policy.main_file = policy.files.size();
    policy.files.push_back(decoded.file);
  }
}

} // namespace

Policy Resolved::whole_matches() const {
  Policy whole = *policy;
  whole.guards.clear();
  whole.rules.clear();
  for (std::size_t const index : sound_guards)
    whole.guards.push_back(policy->guards[index]);
  for (std::size_t const index : sound_rules)
    whole.rules.push_back(policy->rules[index]);
  return whole;
}

Resolved resolve(ResolveInput input, diag::Sink& sink) {
  auto policy = std::make_shared<Policy>();
  take_files(*policy, input.files);
  Resolver resolver{
      .policy = *policy, .files = input.files, .sink = sink, .incomplete = input.incomplete};
  collect_names(resolver);
  collect_identities(resolver);
  resolve_disabled(resolver);
  resolve_guards(resolver);
  resolve_rules(resolver);
  resolve_targets(resolver);
  resolve_limits(resolver);
  report_unused(resolver);
  return {.policy = std::move(policy),
          .sound_guards = std::move(resolver.sound_guards),
          .sound_rules = std::move(resolver.sound_rules)};
}

} // namespace nvmf::policy
