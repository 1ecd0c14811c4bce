#include "cli/test_report.hpp"
#include "diag/catalogue.hpp"
#include "diag/render.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::cli {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const SuiteResult& suite, const testing::TestResult& test) {
  Json differences = Json::array();
  for (const testing::Difference& one : test.differences)
    differences.push_back({{"what", one.what},
                           {"expected", one.expected},
                           {"got", one.got},
                           {"why", one.why.empty() ? Json(nullptr) : Json(one.why)}});
  const std::string explain = explain_command(suite, test);
  return {{"name", test.name},
          {"line", test.span.start.line},
          {"passed", test.passed()},
          {"differences", std::move(differences)},
          {"explain", explain.empty() ? Json(nullptr) : Json(explain)}};
}

Json json_of(const SuiteResult& suite) {
  Json tests = Json::array();
  for (const testing::TestResult& test : suite.tests)
    tests.push_back(json_of(suite, test));
  return {{"path", suite.path}, {"policy", suite.policy}, {"tests", std::move(tests)}};
}

Json json_of(const BrokenFile& broken) {
  return {{"path", broken.path},
          {"problem", broken.problem.empty() ? Json(nullptr) : Json(broken.problem)},
          {"findings", Json::parse(diag::render_json(broken.findings))["findings"]}};
}

Json covered(std::size_t covered, std::size_t all) { return {{"covered", covered}, {"all", all}}; }

Json json_of(const PolicyCoverage& coverage) {
  const testing::CoverageReport report = testing::report_of(*coverage.loaded, coverage.seen);
  Json missing = Json::array();
  for (const testing::Missing& one : report.missing)
    missing.push_back({{"code", one.what == testing::Missing::What::never_decides
                                    ? Json(diag::code_name(testing::untested_rule))
                                    : Json(nullptr)},
                       {"kind", one.kind},
                       {"name", one.name},
                       {"clause", one.clause.empty() ? Json(nullptr) : Json(one.clause)},
                       {"what", testing::to_string(one.what)},
                       {"path", one.span.path()},
                       {"line", one.span.start.line}});
  return {{"policy", coverage.policy},
          {"complete", report.complete()},
          {"rules", covered(report.rules, report.all_rules)},
          {"guards", covered(report.guards, report.all_guards)},
          {"clauses", covered(report.clauses, report.all_clauses)},
          {"missing", std::move(missing)}};
}

} // namespace

std::string report_json(const TestReport& report) {
  Json json{{"format_version", 1}, {"files", Json::array()}};
  for (const SuiteResult& suite : report.suites)
    json["files"].push_back(json_of(suite));
  json["broken"] = Json::array();
  for (const BrokenFile& one : report.broken)
    json["broken"].push_back(json_of(one));
  if (!report.coverage.empty()) {
    json["coverage"] = Json::array();
    for (const PolicyCoverage& coverage : report.coverage)
      json["coverage"].push_back(json_of(coverage));
  }
  json["summary"] = {{"passed", report.passed()}, {"failed", report.failed()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace nvmf::cli
