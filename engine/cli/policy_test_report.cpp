#include "cli/policy_test_report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

std::size_t failed_in(const FileResult& file) {
  return static_cast<std::size_t>(
      std::count_if(file.tests.begin(), file.tests.end(),
                    [](const TestResult& test) { return !test.differences.empty(); }));
}

std::string difference_text(const Difference& difference) {
  return fmt::format("{}: expected {}, got {}", difference.what, difference.expected,
                     difference.got);
}

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
    case '\t':
      escaped += c;
      break;
    default: // XML 1.0 has no other control characters
      escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

std::string test_text(const TestResult& test, ShowPassed passed, const Palette& palette) {
  if (test.differences.empty())
    return passed == ShowPassed::yes
               ? fmt::format("  {}  {}\n", palette.paint(Style::good, "ok  "), test.name)
               : std::string();
  std::string text = fmt::format("  {}  {}  ({})\n", palette.paint(Style::bad, "FAIL"), test.name,
                                 test.span.place());
  for (const Difference& difference : test.differences)
    text += "        " + difference_text(difference) + '\n';
  if (!test.explain.empty())
    text += "        see: " + test.explain + '\n';
  return text;
}

std::string junit_case(const FileResult& file, const TestResult& test) {
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(file.path), xml(test.name));
  if (test.differences.empty())
    return head + "/>\n";
  std::string details;
  for (const Difference& difference : test.differences)
    details += difference_text(difference) + '\n';
  return fmt::format("{}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", head,
                     xml(difference_text(test.differences.front())), xml(details));
}

} // namespace

std::size_t TestReport::passed() const {
  std::size_t count = 0;
  for (const FileResult& file : files)
    count += file.tests.size() - failed_in(file);
  return count;
}

std::size_t TestReport::failed() const {
  std::size_t count = 0;
  for (const FileResult& file : files)
    count += failed_in(file);
  return count;
}

std::string report_text(const TestReport& report, ShowCoverage coverage, ShowPassed passed,
                        const Palette& palette) {
  std::string text;
  for (const FileResult& file : report.files) {
    std::string tests;
    for (const TestResult& test : file.tests)
      tests += test_text(test, passed, palette);
    if (!tests.empty())
      text += palette.paint(Style::strong, file.path) + '\n' + tests;
    if (coverage == ShowCoverage::yes)
      text += coverage_text(*file.policy, file.coverage);
  }
  for (const std::string& path : report.broken)
    text += fmt::format("{}: could not be run\n", path);
  return text + fmt::format("{} passed, {} failed\n", report.passed(),
                            report.failed() + report.broken.size());
}

std::string report_json(const TestReport& report) {
  Json json{{"format_version", 1}, {"files", Json::array()}};
  for (const FileResult& file : report.files) {
    Json tests = Json::array();
    for (const TestResult& test : file.tests) {
      Json differences = Json::array();
      for (const Difference& one : test.differences)
        differences.push_back({{"what", one.what}, {"expected", one.expected}, {"got", one.got}});
      tests.push_back({{"name", test.name},
                       {"line", test.span.start.line},
                       {"passed", test.differences.empty()},
                       {"differences", std::move(differences)}});
    }
    json["files"].push_back({{"path", file.path}, {"tests", std::move(tests)}});
  }
  json["broken"] = report.broken;
  json["summary"] = {{"passed", report.passed()},
                     {"failed", report.failed() + report.broken.size()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string report_junit(const TestReport& report) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const FileResult& file : report.files) {
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml(file.path),
                        file.tests.size(), failed_in(file));
    for (const TestResult& test : file.tests)
      text += junit_case(file, test);
    text += "  </testsuite>\n";
  }
  for (const std::string& path : report.broken)
    text += fmt::format("  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
                        "    <testcase classname=\"{0}\" name=\"file\"><error "
                        "message=\"could not be run\"/></testcase>\n  </testsuite>\n",
                        xml(path));
  return text + "</testsuites>\n";
}

} // namespace nvmf::cli
