#include "testing/coverage.hpp"

#include <fmt/format.h>

namespace nvmf::testing {

namespace {

using What = Missing::What;

std::string clause_name(const policy::Clause& clause, bool negated) {
  std::string name = negated ? "not " : "";
  name += to_string(clause.key);
  return clause.udev_property.empty() ? name : name + ' ' + clause.udev_property;
}

// Adds up one rule or guard.
class Tally {
public:
  Tally(const Coverage& coverage, CoverageReport& report) : coverage_(coverage), report_(report) {}

  template <class Named>
  std::size_t add(const policy::Policy& policy, const Named& one, const char* kind) {
    const Missing base{.kind = kind, .name = policy.shown_name(one), .span = one.span};
    const bool decided = coverage_.decided(one);
    if (!decided)
      report_.missing.push_back(base);
    for (const policy::Clause& clause : one.match.all)
      add_clause(clause, clause_name(clause, false), base);
    for (const policy::Clause& clause : one.match.none)
      add_clause(clause, clause_name(clause, true), base);
    return decided ? 1 : 0;
  }

private:
  void add_clause(const policy::Clause& clause, const std::string& name, Missing missing) {
    ++report_.all_clauses;
    const bool was_true = coverage_.was_true(clause);
    const bool was_false = coverage_.was_false(clause);
    if (was_true && was_false) {
      ++report_.clauses;
      return;
    }
    missing.what = was_true ? What::never_false : was_false ? What::never_true : What::never_asked;
    missing.clause = name;
    missing.span = clause.span;
    report_.missing.push_back(std::move(missing));
  }

  const Coverage& coverage_;
  CoverageReport& report_;
};

} // namespace

void Coverage::see(const decide::Decision& decision, const decide::Trace& trace) {
  if (decision.guard != nullptr)
    decided_.insert(decision.guard);
  else if (decision.rule != nullptr)
    decided_.insert(decision.rule);
  for (const auto* list : {&trace.guards, &trace.rules})
    for (const decide::MatchTrace& one : *list)
      for (const decide::ClauseTrace& clause : one.clauses)
        (clause.holds != clause.negated ? true_ : false_).insert(clause.clause);
}

std::string_view to_string(What what) {
  switch (what) {
  case What::never_decides:
    return "never-decides";
  case What::never_true:
    return "never-true";
  case What::never_false:
    return "never-false";
  case What::never_asked:
    return "never-asked";
  }
  return {};
}

CoverageReport report_of(const policy::Policy& policy, const Coverage& coverage) {
  CoverageReport report{.all_rules = policy.rules.size(), .all_guards = policy.guards.size()};
  Tally tally(coverage, report);
  for (const policy::Guard& guard : policy.guards)
    report.guards += tally.add(policy, guard, "guard");
  for (const policy::Rule& rule : policy.rules)
    report.rules += tally.add(policy, rule, "rule");
  return report;
}

} // namespace nvmf::testing
