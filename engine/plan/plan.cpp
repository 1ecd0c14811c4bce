#include "plan/plan.hpp"

namespace nvmf::plan {

std::map<decide::Outcome, std::size_t> summary(const std::vector<Plan>& plans) {
  std::map<decide::Outcome, std::size_t> counts;
  for (decide::Outcome outcome : decide::all_outcomes)
    counts[outcome] = 0;
  for (const Plan& plan : plans)
    for (const Item& item : plan.items)
      ++counts[item.outcome];
  return counts;
}

std::string_view to_string(DecidedBy::Kind kind) {
  switch (kind) {
  case DecidedBy::Kind::rule:
    return "rule";
  case DecidedBy::Kind::guard:
    return "guard";
  case DecidedBy::Kind::target:
    return "target";
  case DecidedBy::Kind::firmware:
    return "firmware";
  }
  return {};
}

std::optional<DecidedBy::Kind> parse_decided_by(std::string_view text) {
  for (auto const kind : {DecidedBy::Kind::rule, DecidedBy::Kind::guard, DecidedBy::Kind::target,
                          DecidedBy::Kind::firmware})
    if (to_string(kind) == text)
      return kind;
  return std::nullopt;
}

} // namespace nvmf::plan
