// Running policy tests: the same code as a dry run, compared with what is expected.
#pragma once

#include "cli/policy_test.hpp"
#include "decide/decide.hpp"
#include "policy/policy.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace nvmf::cli {

// One thing that is not as expected.
struct Difference {
  std::string what; // `outcome`, `connect.nr-io-queues`, `reasons.self-entry`
  std::string expected;
  std::string got;
  bool operator==(const Difference&) const = default;
};

struct TestResult {
  std::string name;
  diag::Span span;
  std::vector<Difference> differences; // empty: passed
  std::string explain;                 // the command that shows why
};

// Which rules, guards and clauses the tests have shown.
class Coverage {
public:
  void see(const decide::Decision& decision, const decide::Trace& trace);

  bool decided(const void* rule_or_guard) const { return decided_.contains(rule_or_guard); }
  bool was_true(const policy::Clause& clause) const { return true_.contains(&clause); }
  bool was_false(const policy::Clause& clause) const { return false_.contains(&clause); }

private:
  std::set<const void*> decided_;
  std::set<const policy::Clause*> true_;
  std::set<const policy::Clause*> false_;
};

// Decides the event (and its log) of one test and compares. Adds to `coverage`.
TestResult run_policy_test(const policy::Policy& policy, const PolicyTestFile& file,
                           const PolicyTest& test, Coverage& coverage);

// What is covered, and the names of what is not.
std::string coverage_text(const policy::Policy& policy, const Coverage& coverage);

} // namespace nvmf::cli
