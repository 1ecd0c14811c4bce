#include "cli/test_report.hpp"
#include "diag/render.hpp"
#include "diag/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

std::string xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    case '\n':
      escaped += "\n";
      break;
    default: // XML 1.0 has no other control characters
      escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

std::string case_text(const SuiteResult& suite, const testing::TestResult& test) {
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"",
                  xml(suite.path), xml(test.name), xml(suite.path), test.span.start.line);
  if (test.passed())
    return head + "/>\n";
  std::string details;
  for (const testing::Difference& difference : test.differences)
    details += difference_text(difference) + '\n';
  details += explain_command(suite, test);
  return fmt::format("{}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", head,
                     xml(difference_text(test.differences.front())), xml(details));
}

std::string broken_text(const BrokenFile& broken) {
  const std::string why =
      broken.findings.empty() ? broken.problem : diag::shown(broken.findings.front().message);
  return fmt::format("  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
                     "    <testcase classname=\"{0}\" name=\"file\"><error "
                     "message=\"could not be run: {1}\">{2}</error></testcase>\n  </testsuite>\n",
                     xml(broken.path), xml(why), xml(diag::render_short(broken.findings)));
}

} // namespace

std::string report_junit(const TestReport& report) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const SuiteResult& suite : report.suites) {
    const auto failed =
        std::count_if(suite.tests.begin(), suite.tests.end(),
                      [](const testing::TestResult& test) { return !test.passed(); });
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
                        xml(suite.path), suite.tests.size(), failed);
    for (const testing::TestResult& test : suite.tests)
      text += case_text(suite, test);
    text += "  </testsuite>\n";
  }
  for (const BrokenFile& one : report.broken)
    text += broken_text(one);
  return text + "</testsuites>\n";
}

} // namespace nvmf::cli
