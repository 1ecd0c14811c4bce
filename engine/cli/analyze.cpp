// `nvmf-policy analyze`: which rules ever decide, which overlap, and what a change of policy will
// do.
#include "cli/analysis_text.hpp"
#include "cli/commands.hpp"
#include "cli/fit_text.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct AnalyzeRequest {
  std::string what;
  std::string old_path;
  std::string new_path;
  std::optional<std::size_t> limit;
  bool exit_code = false;
};

std::size_t limit_of(const AnalyzeRequest& request) {
  return request.limit.value_or(std::numeric_limits<std::size_t>::max());
}

ExitCode exit_code(const AnalyzeRequest& request, Found found) {
  return request.exit_code && found == Found::something ? ExitCode::answer_is_no : ExitCode::done;
}

std::string in_window(const std::string& text, const Globals& globals) {
  return lines_in_window(text, screen_for(stdout, globals.color).columns);
}

ExitCode run_diff(const AnalyzeRequest& request, Globals globals) {
  if (!paths_exist({request.old_path, request.new_path}))
    return ExitCode::failed;
  globals.policy = {request.old_path};
  const auto before = policy_or_complaint(globals);
  globals.policy = {request.new_path};
  const auto after = policy_or_complaint(globals);
  if (!before)
    return before.error();
  if (!after)
    return after.error();
  const analyze::Difference difference = analyze::difference(**before, **after);
  const ComparedPolicies policies{**before, **after};
  print(globals.format == "json"
            ? difference_json(policies, difference, limit_of(request))
            : in_window(difference_text(policies, difference, limit_of(request)), globals));
  return exit_code(request, difference.empty() ? Found::nothing : Found::something);
}

ExitCode run_analyze(const AnalyzeRequest& request, const Globals& globals) {
  const bool is_diff = request.what == "diff";
  if (is_diff && request.new_path.empty())
    return usage_error("analyze", UsageError{"`analyze diff` compares two policies",
                                             "name files or folders: OLD NEW"});
  if (!is_diff && !request.old_path.empty())
    return usage_error("analyze", fmt::format("unexpected argument `{}`", request.old_path));
  if (is_diff)
    return run_diff(request, globals);
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return loaded.error();
  const auto& policy = *loaded;
  const bool json = globals.format == "json";
  if (request.what == "overlaps") {
    const analyze::Overlaps overlaps = analyze::overlaps(*policy);
    print(json ? overlaps_json(*policy, overlaps, limit_of(request))
               : in_window(overlaps_text(*policy, overlaps, limit_of(request)), globals));
    return exit_code(request, overlaps.pairs.empty() ? Found::nothing : Found::something);
  }
  const analyze::Reachability reach = analyze::analyze(*policy);
  print(json ? reachability_json(*policy, reach, limit_of(request))
             : in_window(reachability_text(*policy, reach, limit_of(request)), globals));
  return exit_code(request, reach.findings.empty() ? Found::nothing : Found::something);
}

} // namespace

Runner declare_analyze(Options& options) {
  auto request = std::make_shared<AnalyzeRequest>();
  const auto what = options.argument("WHAT", "`reachability`, `overlaps` or `diff`", request->what);
  Options::required(what);
  options.one_of(what, {"reachability", "overlaps", "diff"});
  options.argument("OLD", "with `diff`: a policy, file or folder", request->old_path);
  options.argument("NEW", "with `diff`: the policy to compare with it", request->new_path);
  options.number("--limit", "shows at most N results", request->limit);
  options.flag("--exit-code", "exit 1 if anything is found or different", request->exit_code);
  options.formats({"human", "json"});
  return [request](const Globals& globals) { return run_analyze(*request, globals); };
}

} // namespace nvmf::cli
