// `nvmf-policy test`: policy unit tests.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/policy_test.hpp"
#include "cli/policy_test_report.hpp"
#include "cli/policy_test_run.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct TestRequest {
  std::vector<std::string> paths;
  std::optional<std::string> filter;
  bool coverage = false;
};

constexpr std::string_view suffix = ".test.yaml";
constexpr int deepest_folder = 16;

// Test files at or below a path, in the order of their names.
void find_tests(const base::FileSystem& files, const std::string& path, int depth,
                std::vector<std::string>& found) {
  const auto status = files.status(path);
  if (status && status->type == base::FileType::directory) {
    const auto names = files.list(path);
    if (!names || depth > deepest_folder)
      return;
    for (const std::string& name : *names) {
      const std::string below = path == "." ? name : path + '/' + name;
      const auto child = files.status_of_link(below);
      const bool is_folder = child && child->type == base::FileType::directory;
      if (is_folder ? !name.starts_with('.') : name.ends_with(suffix))
        find_tests(files, below, depth + 1, found);
    }
  } else {
    found.push_back(path);
  }
}

// One file, run. Nothing after having said why it could not be.
std::optional<FileResult> run_file(const TestRequest& request, Globals globals,
                                   const std::string& path) {
  const auto source = read_input(path);
  if (!source) {
    complain(source.error().message);
    return std::nullopt;
  }
  diag::Sink sink;
  const auto file = read_policy_tests(*source, sink);
  if (!file) {
    complain_about(globals, sink);
    return std::nullopt;
  }
  if (globals.policy.empty())
    globals.policy = file->policy;
  FileResult result{.path = path, .policy = policy_or_complaint(globals)};
  if (!result.policy)
    return std::nullopt;
  check_policy_tests(*file, *result.policy, sink);
  complain_about(globals, sink);
  if (sink.has_errors())
    return std::nullopt;
  for (const PolicyTest& test : file->tests)
    if (!request.filter || test.name.find(*request.filter) != std::string::npos)
      result.tests.push_back(run_policy_test(*result.policy, *file, test, result.coverage));
  return result;
}

ExitCode run_tests(TestRequest request, const Globals& globals) {
  static const std::vector<std::string> formats{"human", "json", "junit"};
  if (!globals.format.empty() && !is_one_of(globals.format, formats))
    return usage_error("test", not_one_of("--format", globals.format, formats));
  if (request.paths.empty())
    request.paths.emplace_back(".");
  std::vector<std::string> found;
  for (const std::string& path : request.paths)
    find_tests(base::RealFileSystem(), path, 0, found);
  if (found.empty()) {
    complain(fmt::format("there is no file `*{}` below {}", suffix, request.paths.front()));
    return ExitCode::failed;
  }
  TestReport report;
  for (const std::string& path : found) {
    if (auto result = run_file(request, globals, path))
      report.files.push_back(std::move(*result));
    else
      report.broken.push_back(path);
  }
  if (report.passed() + report.failed() == 0 && report.broken.empty()) {
    complain(request.filter ? fmt::format("no test has `{}` in its name", *request.filter)
                            : std::string("there are no tests in these files"));
    return ExitCode::failed;
  }
  if (globals.format == "json")
    print(report_json(report));
  else if (globals.format == "junit")
    print(report_junit(report));
  else
    print(report_text(report, request.coverage ? ShowCoverage::yes : ShowCoverage::no,
                      globals.quiet ? ShowPassed::no : ShowPassed::yes,
                      palette_for(stdout, globals.color)));
  return report.failed() > 0 || !report.broken.empty() ? ExitCode::answer_is_no : ExitCode::done;
}

} // namespace

Runner declare_test(Options& options) {
  auto request = std::make_shared<TestRequest>();
  options.arguments("PATH", "test files, or folders with them; else this folder", request->paths);
  options.value("--filter", "TEXT", "only tests with this in their name", request->filter);
  options.flag("--coverage", "also which rules, guards and clauses no test has shown",
               request->coverage);
  return [request](const Globals& globals) { return run_tests(*request, globals); };
}

} // namespace nvmf::cli
