// `nvmf-policy analyze`: which rules ever decide, which overlap, and what a change of policy will
// do.
#include "cli/analysis_text.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"

#include <charconv>
#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct AnalyzeRequest {
  std::vector<std::string> words;
  std::optional<std::string> limit;
  bool exit_code = false;
};

const std::vector<std::string> analyses{"reachability", "overlaps", "diff"};

std::optional<std::size_t> parse_limit(const std::optional<std::string>& text) {
  if (!text)
    return std::numeric_limits<std::size_t>::max();
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit == 0)
    return std::nullopt;
  return limit;
}

std::optional<UsageError> problem_with(const AnalyzeRequest& request) {
  if (!parse_limit(request.limit))
    return UsageError{fmt::format("`--limit` is a number from 1, not `{}`", *request.limit), {}};
  if (request.words.empty())
    return UsageError{"what is to be analysed?", "`reachability`, `overlaps` or `diff OLD NEW`"};
  const std::string& what = request.words.front();
  if (!is_one_of(what, analyses))
    return not_one_of("analyze", what, analyses);
  const std::size_t wanted = what == "diff" ? 3 : 1;
  if (request.words.size() < wanted)
    return UsageError{"`analyze diff` compares two policies", "name files or folders: OLD NEW"};
  if (request.words.size() > wanted)
    return UsageError{fmt::format("unexpected argument `{}`", request.words[wanted]), {}};
  return std::nullopt;
}

ExitCode exit_code(const AnalyzeRequest& request, Found found) {
  return request.exit_code && found == Found::something ? ExitCode::answer_is_no : ExitCode::done;
}

ExitCode run_diff(const AnalyzeRequest& request, Globals globals) {
  if (!are_there({request.words[1], request.words[2]}))
    return ExitCode::failed;
  globals.policy = {request.words[1]};
  const auto before = policy_or_complaint(globals);
  globals.policy = {request.words[2]};
  const auto after = policy_or_complaint(globals);
  if (!before)
    return before.error();
  if (!after)
    return after.error();
  const analyze::Difference difference = analyze::difference(**before, **after);
  const std::size_t limit = *parse_limit(request.limit);
  const ComparedPolicies policies{**before, **after};
  print(globals.format == "json" ? difference_json(policies, difference, limit)
                                 : difference_text(policies, difference, limit));
  return exit_code(request, difference.empty() ? Found::nothing : Found::something);
}

ExitCode run_analyze(const AnalyzeRequest& request, const Globals& globals) {
  if (const auto problem = problem_with(request))
    return usage_error("analyze", *problem);
  const std::string& what = request.words.front();
  if (what == "diff")
    return run_diff(request, globals);
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return loaded.error();
  const auto& policy = *loaded;
  const std::size_t limit = *parse_limit(request.limit);
  const bool json = globals.format == "json";
  if (what == "overlaps") {
    const analyze::Overlaps overlaps = analyze::overlaps(*policy);
    print(json ? overlaps_json(*policy, overlaps, limit) : overlaps_text(*policy, overlaps, limit));
    return exit_code(request, overlaps.pairs.empty() ? Found::nothing : Found::something);
  }
  const analyze::Reachability reach = analyze::analyze(*policy);
  print(json ? reachability_json(*policy, reach, limit) : reachability_text(*policy, reach, limit));
  return exit_code(request, reach.findings.empty() ? Found::nothing : Found::something);
}

} // namespace

Runner declare_analyze(Options& options) {
  auto request = std::make_shared<AnalyzeRequest>();
  options.arguments("WHAT", "reachability, overlaps, or diff OLD NEW", request->words);
  options.value("--limit", "N", "at most so many", request->limit);
  options.flag("--exit-code", "exit 1 if anything is found or different", request->exit_code);
  return [request](const Globals& globals) { return run_analyze(*request, globals); };
}

} // namespace nvmf::cli
