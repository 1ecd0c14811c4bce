// Running policy tests: the code of the dry run, compared with what is expected.
#pragma once

#include "policy/policy.hpp"
#include "testing/coverage.hpp"
#include "testing/suite.hpp"

#include <string>
#include <vector>

namespace nvmf::testing {

// One thing that is not as expected.
struct Difference {
  std::string what; // `outcome`, `connect.nr-io-queues`, `reasons.self-entry`
  std::string expected;
  std::string got;
  std::string why; // what is behind `got`, where it has a reason: `kernel-option-missing: tls`
  bool operator==(const Difference&) const = default;
};

struct TestResult {
  std::string name;
  diag::Span span;
  std::vector<Difference> differences; // empty: passed
  // The arguments with which `nvmf-policy explain` shows why; empty for an event that triggers
  // nothing.
  std::string explain;

  bool passed() const { return differences.empty(); }
};

// Decides the event of the test, and its log, and compares. Notes what it saw in `coverage`.
TestResult run_test(const policy::Policy& policy, const Test& test, Coverage& coverage);

} // namespace nvmf::testing
