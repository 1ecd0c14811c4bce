#include "cli/names_text.hpp"
#include "cli/policy_test_run.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

// Counts, and names what is missing.
struct Tally {
  std::size_t rules = 0;
  std::size_t guards = 0;
  std::size_t clauses = 0;
  std::size_t clauses_both_ways = 0;
  std::string missing;
};

std::string place_of(const diag::Span& span) { return place_text(span.path(), span.start.line); }

void tally_clauses(Tally& tally, const Coverage& coverage, const policy::Match& match,
                   const std::string& name) {
  for (const auto* list : {&match.all, &match.none})
    for (const policy::Clause& clause : *list) {
      ++tally.clauses;
      const bool was_true = coverage.was_true(clause);
      const bool was_false = coverage.was_false(clause);
      if (was_true && was_false) {
        ++tally.clauses_both_ways;
        continue;
      }
      const char* never = was_true ? "false" : was_false ? "true" : "looked at";
      tally.missing += fmt::format("  `{}` of {} ({}) was never {}\n", to_string(clause.key), name,
                                   place_of(clause.span), never);
    }
}

template <class Named>
std::size_t tally_decided(Tally& tally, const policy::Policy& policy, const Coverage& coverage,
                          const std::vector<Named>& all, std::string_view what) {
  std::size_t decided = 0;
  for (const Named& one : all) {
    if (coverage.decided(&one))
      ++decided;
    else
      tally.missing += fmt::format("  {} {} ({}) never decided\n", what, policy.shown_name(one),
                                   place_of(one.span));
    tally_clauses(tally, coverage, one.match, policy.shown_name(one));
  }
  return decided;
}

} // namespace

std::string coverage_text(const policy::Policy& policy, const Coverage& coverage) {
  Tally tally;
  tally.guards = tally_decided(tally, policy, coverage, policy.guards, "guard");
  tally.rules = tally_decided(tally, policy, coverage, policy.rules, "rule");
  return fmt::format("coverage: {} of {} rules and {} of {} guards decided, {} of {} clauses seen "
                     "both ways\n{}",
                     tally.rules, policy.rules.size(), tally.guards, policy.guards.size(),
                     tally.clauses_both_ways, tally.clauses, tally.missing);
}

} // namespace nvmf::cli
