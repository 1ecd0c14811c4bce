// The results of policy tests, for people, scripts and build servers.
#pragma once

#include "cli/terminal.hpp"
#include "diag/finding.hpp"
#include "testing/run_suite.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

struct SuiteResult {
  std::string path;
  std::vector<std::string> policy; // as given to `--policy`; empty: the usual one
  std::vector<testing::TestResult> tests;
};

// Of one policy, over all test files that name it.
struct PolicyCoverage {
  std::vector<std::string> policy;
  std::shared_ptr<const policy::Policy> loaded;
  testing::Coverage seen;
};

// A file that could not be run, and why.
struct BrokenFile {
  std::string path;
  std::vector<diag::Finding> findings; // of the file, and the errors of its policy
  std::string problem;                 // not a finding: the file cannot be read
};

struct TestReport {
  std::vector<SuiteResult> suites;
  std::vector<BrokenFile> broken;       // each counts as a failure
  std::vector<PolicyCoverage> coverage; // empty: nobody asked for it
  std::size_t left_out = 0;             // tests that the filter did not choose

  std::size_t run() const; // tests that were, whatever came of them
  std::size_t passed() const;
  std::size_t failed() const; // broken files included
};

// `outcome: expected connect, got refused (kernel-option-missing: tls)`
std::string difference_text(const testing::Difference& difference);

// The command that shows why a test came out as it did; empty where there is nothing to explain.
std::string explain_command(const SuiteResult& suite, const testing::TestResult& test);

enum class ShowPassed : std::uint8_t { no, yes };

// One line a test, what differs below it, what is not covered, and `N passed, N failed` as the last
// line.
std::string report_text(const TestReport& report, ShowPassed passed, const Palette& palette);
std::string report_json(const TestReport& report);
// One `testsuite` a file.
std::string report_junit(const TestReport& report);

} // namespace nvmf::cli
