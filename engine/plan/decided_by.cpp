#include "plan/decided_by.hpp"

#include <string>

namespace nvmf::plan {

std::optional<DecidedBy> decided_by(const policy::Policy& policy,
                                    const decide::Decision& decision) {
  auto const at = [](DecidedBy::Kind kind, std::string name, const diag::Span& span) {
    return DecidedBy{.kind = kind,
                     .name = std::move(name),
                     .path = std::string(span.path()),
                     .line = span.start.line};
  };
  if (decision.guard)
    return at(DecidedBy::Kind::guard, policy.shown_name(*decision.guard), decision.guard->span);
  if (decision.target)
    return at(DecidedBy::Kind::target, decision.target->name, decision.target->span);
  if (decision.firmware)
    return DecidedBy{.kind = DecidedBy::Kind::firmware, .name = std::string(policy::nbft_name)};
  if (decision.rule)
    return at(DecidedBy::Kind::rule, policy.shown_name(*decision.rule), decision.rule->span);
  return std::nullopt;
}

} // namespace nvmf::plan
