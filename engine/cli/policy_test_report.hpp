// What came of policy tests, for people, scripts and build servers.
#pragma once

#include "cli/policy_test_run.hpp"
#include "cli/terminal.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nvmf::cli {

struct FileResult {
  std::string path;
  std::shared_ptr<const policy::Policy> policy;
  std::vector<TestResult> tests;
  Coverage coverage;
};

struct TestReport {
  std::vector<FileResult> files;
  std::vector<std::string> broken; // files that could not be run; each counts as a failure

  std::size_t passed() const;
  std::size_t failed() const; // tests
};

enum class ShowCoverage : std::uint8_t { no, yes };
enum class ShowPassed : std::uint8_t { no, yes };

// One line a test, what differs below it, and `N passed, N failed` as the last line.
std::string report_text(const TestReport& report, ShowCoverage coverage, ShowPassed passed,
                        const Palette& palette);
std::string report_json(const TestReport& report);
// One `testsuite` a file.
std::string report_junit(const TestReport& report);

} // namespace nvmf::cli
