// Options of targets, which win over those of the rule that decides the target.
#include "policy/check_policy.hpp"
#include "policy/covers.hpp"
#include "policy/levels.hpp"
#include "policy/option_findings.hpp"
#include "policy/situations.hpp"

#include <algorithm>

namespace nvmf::policy {

namespace {

Clause one_value(MatchKey key, Pattern value) {
  Clause clause{.key = key};
  clause.values.push_back(std::move(value));
  return clause;
}

// Where the target is: conditions that speak of it cannot be otherwise.
std::vector<Clause> conditions_of(const Target& target) {
  std::vector<Clause> conditions{
      one_value(MatchKey::event, base::EventKind::boot),
      one_value(MatchKey::transport, target.transport),
  };
  if (target.traddr && target.traddr->ip() && target.traddr->ip()->scope.empty())
    conditions.push_back(one_value(MatchKey::traddr, *target.traddr->ip()));
  if (target.trsvcid)
    conditions.push_back(
        one_value(MatchKey::trsvcid, NumberRange{*target.trsvcid, *target.trsvcid}));
  if (target.subsystem_nqn.find_first_of("*?") == std::string::npos &&
      !target.subsystem_nqn.empty())
    conditions.push_back(one_value(MatchKey::subsystem_nqn, base::Glob(target.subsystem_nqn)));
  return conditions;
}

// An address with a scope is no value that covers() can tell apart.
bool is_scoped(const Clause& clause) {
  auto const scoped = [](const Pattern& pattern) {
    const auto* address = std::get_if<base::IpAddress>(&pattern);
    return address != nullptr && !address->scope.empty();
  };
  return std::any_of(clause.values.begin(), clause.values.end(), scoped) ||
         std::any_of(clause.sets.begin(), clause.sets.end(), [&](const auto& set) {
           return std::any_of(set->values.begin(), set->values.end(), scoped);
         });
}

// False where the rule certainly passes the target by; true where it decides it, or may.
bool may_decide(const Rule& rule, const Target& target) {
  if (rule.action == Action::ignore || !rule.speaks_of.contains(target.subject()))
    return false;
  std::vector<Clause> const conditions = conditions_of(target);
  for (const Clause& condition : conditions) {
    for (const Clause& clause : rule.match.all)
      if (clause.key == condition.key && !is_scoped(clause) && !covers(clause, condition))
        return false;
    for (const Clause& clause : rule.match.none)
      if (clause.key == condition.key && covers(clause, condition))
        return false;
  }
  auto const has_value = [&](const Clause& clause) {
    return (situations_of(clause) & situations_of(conditions[0]) & situations_of(conditions[1]))
        .any();
  };
  return std::all_of(rule.match.all.begin(), rule.match.all.end(), has_value);
}

ConnectionKind kind_of(const Target& target, const Rule& rule) {
  ConnectionKind kind{.transports = {target.transport}, .subject = target.subject()};
  if (kind.subject == base::Subject::io_subsystem)
    return kind;
  bool const by_default =
      target.transport == base::Transport::tcp || target.transport == base::Transport::rdma;
  std::optional<Persistent> const said = target.persistent ? target.persistent : rule.persistent;
  kind.stays = said ? *said != Persistent::no : by_default;
  return kind;
}

using Judge = std::optional<OptionFinding> (*)(const Levels& levels, const ConnectionKind& kind);

constexpr Judge judges[] = {
    loss_before_reconnect, fast_fail_after_loss, keep_alive_off,
    [](const Levels& levels, const ConnectionKind& kind) {
      return tls_without_key(levels, kind, false); // the identity is known: it is one of the levels
    }};

bool is_reported(const diag::Sink& sink, const OptionFinding& found) {
  return std::any_of(sink.findings().begin(), sink.findings().end(), [&](const auto& each) {
    const diag::Span& span = each.spans.front().span;
    return each.code == found.code && span.source == found.at->span.source &&
           span.start == found.at->span.start;
  });
}

// Nobody knows beforehand which of the rules decides: what holds with each of them is certain.
void check_target(const Policy& policy, const Target& target, diag::Sink& sink) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : policy.rules)
    if (may_decide(rule, target))
      rules.push_back(&rule);
  if (rules.empty())
    return;
  for (Judge const judge : judges) {
    auto const found_with = [&](const Rule* rule) {
      return judge(levels_of(policy, target, *rule), kind_of(target, *rule));
    };
    auto const found = found_with(rules.front());
    if (!found || is_reported(sink, *found) ||
        !std::all_of(rules.begin() + 1, rules.end(), found_with))
      continue;
    diag::Finding& finding = sink.add(found->code, found->message, found->at->span);
    finding.spans.push_back({target.span, "for this target", false});
    finding.help = found->help;
  }
}

} // namespace

void check_target_options(const Policy& policy, diag::Sink& sink) {
  for (const Target& target : policy.targets)
    check_target(policy, target, sink);
}

} // namespace nvmf::policy
