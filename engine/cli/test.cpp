// `nvmf-policy test`: policy unit tests.
#include "base/glob.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/test_report.hpp"
#include "cli/usage.hpp"
#include "diag/read_source.hpp"
#include "diag/render.hpp"
#include "policy/secret_text.hpp"
#include "testing/check_suite.hpp"
#include "testing/read_suite.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
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
    // To be complained about when it is read: a run without its tests is not a success.
    if (!names)
      found.push_back(path);
    if (!names || depth > deepest_folder)
      return;
    for (const std::string& name : *names) {
      const std::string below = path == "." ? name : fmt::format("{}/{}", path, name);
      const auto child = files.status_of_link(below);
      const bool is_folder = child && child->type == base::FileType::directory;
      if (is_folder ? !name.starts_with('.') : name.ends_with(suffix))
        find_tests(files, below, depth + 1, found);
    }
  } else {
    found.push_back(path);
  }
}

using PolicyPtr = std::shared_ptr<const policy::Policy>;

struct KnownPolicy {
  PolicyPtr policy;  // null: it cannot be used
  diag::Sink errors; // then, why
};

// Each policy is loaded once, however many files test it.
class Policies {
public:
  explicit Policies(const Globals& globals) : globals_(globals) {}

  // Its mistakes are reported once.
  const KnownPolicy& load(const std::vector<std::string>& paths) {
    const auto known = known_.find(paths);
    if (known != known_.end())
      return known->second;
    Globals globals = globals_;
    globals.policy = paths;
    const load::Loaded loaded = load_policy(globals);
    return known_
        .emplace(paths, KnownPolicy{policy_or_complaint(globals, loaded).value_or(nullptr),
                                    errors_of(loaded)})
        .first->second;
  }

private:
  const Globals& globals_;
  std::map<std::vector<std::string>, KnownPolicy> known_;
};

// A file that is ready to run.
struct ReadySuite {
  testing::Suite suite;
  std::vector<std::string> paths; // of the policy
  PolicyPtr policy;
};

using Prepared = tl::expected<ReadySuite, BrokenFile>;

// Reads a file and looks its names up; says what is wrong with it.
Prepared prepare(const std::string& path, const Globals& globals, Policies& policies) {
  BrokenFile broken{.path = path, .findings = {}, .problem = {}};
  const auto source = diag::read_source(path);
  if (!source) {
    complain(source.error().message);
    broken.problem = source.error().message;
    return tl::unexpected(std::move(broken));
  }
  diag::Sink sink;
  auto suite = testing::read_suite(*source, sink);
  if (!suite) {
    complain_about(globals, sink);
    broken.findings = sink.findings();
    policy::hide_secrets(broken.findings);
    return tl::unexpected(std::move(broken));
  }
  ReadySuite ready{.suite = std::move(*suite), .paths = globals.policy};
  if (ready.paths.empty())
    ready.paths = ready.suite.policy;
  const KnownPolicy& known = policies.load(ready.paths);
  ready.policy = known.policy;
  if (ready.policy)
    testing::check_suite(ready.suite, *ready.policy, sink);
  diag::sort_by_place(sink.findings());
  complain_about(globals, sink);
  if (ready.policy && !sink.has_errors())
    return ready;
  broken.findings = sink.findings();
  broken.findings.insert(broken.findings.end(), known.errors.findings().begin(),
                         known.errors.findings().end());
  policy::hide_secrets(broken.findings);
  if (broken.findings.empty())
    broken.problem = "there is no policy";
  return tl::unexpected(std::move(broken));
}

bool is_chosen(const TestRequest& request, const testing::Test& test) {
  if (!request.filter)
    return true;
  const base::Glob glob(*request.filter);
  return glob.is_literal() ? test.name.find(*request.filter) != std::string::npos
                           : glob.matches(test.name);
}

PolicyCoverage& coverage_of(TestReport& report, const ReadySuite& ready) {
  for (PolicyCoverage& one : report.coverage)
    if (one.loaded == ready.policy)
      return one;
  report.coverage.push_back({.policy = ready.paths, .loaded = ready.policy, .seen = {}});
  return report.coverage.back();
}

// All files are read and checked before the first test runs.
TestReport run_all(const TestRequest& request, const Globals& globals,
                   const std::vector<std::string>& paths) {
  Policies policies(globals);
  TestReport report;
  std::vector<ReadySuite> suites;
  for (const std::string& path : paths) {
    if (auto ready = prepare(path, globals, policies))
      suites.push_back(std::move(*ready));
    else
      report.broken.push_back(std::move(ready.error()));
  }
  for (const ReadySuite& ready : suites) {
    SuiteResult result{.path = ready.suite.path, .policy = ready.paths, .tests = {}};
    testing::Coverage& coverage = coverage_of(report, ready).seen;
    for (const testing::Test& test : ready.suite.tests)
      if (!is_chosen(request, test))
        ++report.left_out;
      else
        result.tests.push_back(testing::run_test(*ready.policy, test, coverage));
    report.suites.push_back(std::move(result));
  }
  if (!request.coverage)
    report.coverage.clear();
  return report;
}

ExitCode run_tests(TestRequest request, const Globals& globals) {
  if (request.paths.empty())
    request.paths.emplace_back(".");
  std::vector<std::string> found;
  for (const std::string& path : request.paths)
    find_tests(base::RealFileSystem(), path, 0, found);
  if (found.empty()) {
    complain(fmt::format("there is no file `*{}` below {}", suffix, request.paths.front()));
    return ExitCode::answer_is_no;
  }
  const TestReport report = run_all(request, globals, found);
  if (globals.format == "json")
    print(report_json(report));
  else if (globals.format == "junit")
    print(report_junit(report));
  else
    print(report_text(report, globals.quiet ? ShowPassed::no : ShowPassed::yes,
                      palette_for(stdout, globals.color)));
  if (report.run() > 0 || !report.broken.empty())
    return report.failed() > 0 ? ExitCode::answer_is_no : ExitCode::done;
  // A word that was misspelt must not look like success.
  complain(fmt::format("no test was run: none of {} has `{}` in its name", report.left_out,
                       request.filter.value_or("")));
  return ExitCode::answer_is_no;
}

} // namespace

Runner declare_test(Options& options) {
  auto request = std::make_shared<TestRequest>();
  options.arguments("PATH", "test files, or folders with them; else this folder", request->paths);
  options.value("--filter", "TEXT", "only tests with this in their name, or like this glob",
                request->filter);
  options.flag("--coverage", "also which rules, guards and clauses no test has shown",
               request->coverage);
  options.formats({"human", "json", "junit"});
  options.quiet("without the tests that pass");
  return [request](const Globals& globals) { return run_tests(*request, globals); };
}

} // namespace nvmf::cli
