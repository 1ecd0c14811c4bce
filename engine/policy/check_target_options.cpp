// Options of targets, which win over those of the rule that decides the target.
#include "policy/check_policy.hpp"
#include "policy/option_findings.hpp"
#include "policy/target_match.hpp"

#include <algorithm>

namespace nvmf::policy {

namespace {

ConnectionKind kind_of(const Connection& connection) {
  const Target& target = *connection.target;
  return {.transport = target.transport,
          .subject = target.subject(),
          .stays = target.subject() == base::Subject::io_subsystem ||
                   find_persistent(connection, target.transport) != Persistent::no};
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

// The rule that decides is unknown beforehand: a property that holds with each of them is certain.
void check_target(const Policy& policy, const Target& target, diag::Sink& sink) {
  std::vector<const Rule*> const rules = rules_for(policy, target);
  if (rules.empty())
    return;
  for (Judge const judge : judges) {
    auto const found_with = [&](const Rule* rule) {
      Connection const connection = connection_of(policy, *rule, target);
      return judge(Levels(connection), kind_of(connection));
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
