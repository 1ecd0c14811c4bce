#include "cli/names_text.hpp"
#include "cli/test_report.hpp"
#include "diag/catalogue.hpp"
#include "diag/shown_text.hpp"
#include "event/event_arguments.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

std::string test_text(const SuiteResult& suite, const testing::TestResult& test, ShowPassed passed,
                      const Palette& palette) {
  if (test.passed())
    return passed == ShowPassed::yes ? fmt::format("  {}  {}\n", palette.paint(Style::good, "ok  "),
                                                   diag::shown(test.name))
                                     : std::string();
  std::string text = fmt::format("  {}  {}  ({})\n", palette.paint(Style::bad, "FAIL"),
                                 diag::shown(test.name), diag::shown(test.span.place()));
  for (const testing::Difference& difference : test.differences)
    text += fmt::format("        {}\n", difference_text(difference));
  if (const std::string command = explain_command(suite, test); !command.empty())
    text += "        see: " + command + '\n';
  return text;
}

std::string missing_text(const testing::Missing& missing) {
  const std::string place = place_text(missing.span.path(), missing.span.start.line);
  const std::string of = fmt::format("{} {}", missing.kind, missing.name);
  switch (missing.what) {
  case testing::Missing::What::never_decides:
    return fmt::format("  {} ({}) never decided [{}]\n", of, place,
                       diag::code_name(testing::untested_rule));
  case testing::Missing::What::never_true:
    return fmt::format("  `{}` of {} ({}) was never true\n", missing.clause, of, place);
  case testing::Missing::What::never_false:
    return fmt::format("  `{}` of {} ({}) was never false\n", missing.clause, of, place);
  case testing::Missing::What::never_asked:
    return fmt::format("  `{}` of {} ({}) was never looked at\n", missing.clause, of, place);
  }
  return {};
}

std::string coverage_text(const PolicyCoverage& coverage) {
  const testing::CoverageReport report = testing::report_of(*coverage.loaded, coverage.seen);
  std::string paths;
  for (const std::string& path : coverage.policy)
    paths += ' ' + path;
  std::string text =
      fmt::format("coverage{}{}: {} of {} rules and {} of {} guards decided, {} of {} clauses seen "
                  "both ways\n",
                  paths.empty() ? "" : " of", paths, report.rules, report.all_rules, report.guards,
                  report.all_guards, report.clauses, report.all_clauses);
  for (const testing::Missing& missing : report.missing)
    text += missing_text(missing);
  return text;
}

} // namespace

std::size_t TestReport::passed() const {
  std::size_t count = 0;
  for (const SuiteResult& suite : suites)
    count += static_cast<std::size_t>(
        std::count_if(suite.tests.begin(), suite.tests.end(),
                      [](const testing::TestResult& test) { return test.passed(); }));
  return count;
}

std::size_t TestReport::run() const {
  std::size_t tests = 0;
  for (const SuiteResult& suite : suites)
    tests += suite.tests.size();
  return tests;
}

std::size_t TestReport::failed() const { return run() - passed() + broken.size(); }

std::string difference_text(const testing::Difference& difference) {
  return fmt::format("{}: expected {}, got {}{}", difference.what, difference.expected,
                     difference.got,
                     difference.why.empty() ? "" : fmt::format(" ({})", difference.why));
}

std::string explain_command(const SuiteResult& suite, const testing::TestResult& test) {
  if (test.explain.empty())
    return {};
  std::string command = "nvmf-policy";
  for (const std::string& path : suite.policy)
    command += " --policy " + event::shell_word(path);
  return command + " explain " + test.explain;
}

std::string report_text(const TestReport& report, ShowPassed passed, const Palette& palette) {
  std::string text;
  for (const SuiteResult& suite : report.suites) {
    std::string tests;
    for (const testing::TestResult& test : suite.tests)
      tests += test_text(suite, test, passed, palette);
    if (!tests.empty())
      text += palette.paint(Style::strong, diag::shown(suite.path)) + '\n' + tests;
  }
  for (const BrokenFile& one : report.broken)
    text += fmt::format("{}: could not be run\n", diag::shown_message(one.path));
  for (const PolicyCoverage& coverage : report.coverage)
    text += coverage_text(coverage);
  return text + fmt::format("{} passed, {} failed\n", report.passed(), report.failed());
}

} // namespace nvmf::cli
