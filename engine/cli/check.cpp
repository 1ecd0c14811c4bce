// `nvmf-policy check`: what is wrong with a policy, and what is doubtful.
#include "analyze/reachability.hpp"
#include "cli/commands.hpp"
#include "cli/host_check.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diag/catalogue.hpp"
#include "diag/render.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <set>

namespace nvmf::cli {

namespace {

using diag::Severity;

constexpr std::uint16_t suppression_unused = 805;

struct CheckRequest {
  std::vector<std::string> files;
  std::optional<std::string> fail_on;
  std::vector<std::string> select;
  std::vector<std::string> ignore;
  bool host = false;
};

// `--select` and `--ignore`, read.
struct Selection {
  std::set<std::uint16_t> only; // empty: everything that is not on request
  std::set<std::uint16_t> without;

  // Errors reject the policy, so they are always told.
  bool wants(const diag::Finding& finding) const {
    if (finding.severity == Severity::error)
      return true;
    if (without.contains(finding.code))
      return false;
    return only.empty() ? finding.severity != Severity::on_request : only.contains(finding.code);
  }
};

std::optional<UsageError> add_codes(std::string_view option, const std::vector<std::string>& words,
                                    std::set<std::uint16_t>& codes) {
  for (const std::string& word : words) {
    const auto code = diag::parse_code(word);
    if (!code)
      return UsageError{fmt::format("`{}`: there is no finding `{}`", option, word),
                        "`nvmf-policy code --all` lists them"};
    codes.insert(*code);
  }
  return std::nullopt;
}

std::string summary(const load::Loaded& loaded, const diag::Counts& counts) {
  const auto some = [](std::size_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
  };
  std::string found;
  const auto add = [&](std::size_t count, std::string_view thing) {
    if (count > 0)
      found += (found.empty() ? "" : ", ") + some(count, thing);
  };
  add(counts.errors, "error");
  add(counts.warnings, "warning");
  if (counts.infos > 0)
    found += fmt::format("{}{} for information", found.empty() ? "" : ", ", counts.infos);
  if (!loaded.policy || counts.errors > 0)
    return found + ": the policy is rejected\n";
  return fmt::format("{}, {}, {}: {}\n", some(loaded.policy->files.size(), "file"),
                     some(loaded.policy->guards.size(), "guard"),
                     some(loaded.policy->rules.size(), "rule"),
                     found.empty() ? "nothing to complain about" : found);
}

void show(const Globals& globals, const load::Loaded& loaded,
          const std::vector<diag::Finding>& findings) {
  if (globals.format == "json")
    return print(diag::render_json(findings));
  if (globals.format == "sarif")
    return print(diag::render_sarif(findings));
  if (globals.format == "short")
    return print(diag::render_short(findings));
  const bool coloured = palette_for(stdout, globals.color).coloured_output();
  std::string text = diag::render_human(findings, coloured ? diag::Colour::on : diag::Colour::off);
  if (!globals.quiet)
    text += (text.empty() ? "" : "\n") + summary(loaded, diag::count(findings));
  print(text);
}

ExitCode exit_code(const std::vector<diag::Finding>& findings, std::string_view fail_on) {
  const diag::Counts counts = diag::count(findings);
  if (counts.errors > 0)
    return ExitCode::answer_is_no;
  if (fail_on == "info" && counts.warnings + counts.infos > 0)
    return ExitCode::found_or_poor;
  if (fail_on == "warning" && counts.warnings > 0)
    return ExitCode::found_or_poor;
  return ExitCode::done;
}

// What the analysis of a policy that loads has to say, where comments do not accept it.
void add_reachability(load::Loaded& loaded) {
  if (!loaded.policy)
    return;
  analyze::Reachability reach = analyze::analyze(*loaded.policy);
  load::apply_suppressions(reach.findings, loaded.suppressions);
  std::vector<diag::Finding>& findings = loaded.findings.findings();
  findings.insert(findings.end(), reach.findings.begin(), reach.findings.end());
  // Loading could not know which comments these findings need.
  std::erase_if(findings, [](const diag::Finding& one) { return one.code == suppression_unused; });
  load::report_unused(loaded.suppressions, load::LookedFor::reachability, loaded.findings);
  diag::sort_by_place(findings);
  if (reach.incomplete)
    complain("the analysis is incomplete: its budget was reached, findings may be missing");
}

load::Loaded load(const CheckRequest& request, Globals globals, const Selection& selection) {
  globals.policy.insert(globals.policy.end(), request.files.begin(), request.files.end());
  load::Loaded loaded = load_policy(globals, {.on_request = !selection.only.empty()});
  add_reachability(loaded);
  if (request.host && loaded.found_any) {
    const base::RealFileSystem files = host_files(globals);
    const decide::Facts facts =
        loaded.policy ? host_facts(globals, *loaded.policy) : decide::Facts();
    check_host({.files = files, .facts = facts}, loaded, loaded.findings);
    diag::sort_by_place(loaded.findings.findings());
  }
  return loaded;
}

ExitCode run_check(const CheckRequest& request, const Globals& globals) {
  static const std::vector<std::string> levels{"error", "warning", "info"};
  if (request.fail_on && !is_one_of(*request.fail_on, levels))
    return usage_error("check", not_one_of("--fail-on", *request.fail_on, levels));
  Selection selection;
  if (const auto problem = add_codes("--select", request.select, selection.only))
    return usage_error("check", *problem);
  if (const auto problem = add_codes("--ignore", request.ignore, selection.without))
    return usage_error("check", *problem);

  if (!are_there(request.files))
    return ExitCode::failed;
  const load::Loaded loaded = load(request, globals, selection);
  if (!loaded.found_any && !loaded.findings.has_errors()) {
    complain_about_absence(request.files.empty() ? globals.policy : request.files);
    return ExitCode::failed;
  }
  std::vector<diag::Finding> findings;
  for (const diag::Finding& finding : loaded.findings.findings())
    if (selection.wants(finding))
      findings.push_back(finding);
  show(globals, loaded, findings);
  if (!loaded.policy && globals.policy.empty() && request.files.empty())
    complain(last_good_line(host_files(globals)));
  return exit_code(findings, request.fail_on.value_or("error"));
}

} // namespace

Runner declare_check(Options& options) {
  auto request = std::make_shared<CheckRequest>();
  options.arguments("FILE", "policy files or a directory instead of those of this host",
                    request->files);
  options.flag("--host", "also looks at this machine: secrets, file modes, exclusions",
               request->host);
  options.value("--fail-on", "LEVEL",
                "exit 3 for findings from `warning` or `info` on; errors always exit with 1",
                request->fail_on);
  options.list("--select", "CODE", "only these findings, besides errors", request->select);
  options.list("--ignore", "CODE", "without these findings; errors stay", request->ignore);
  return [request](const Globals& globals) { return run_check(*request, globals); };
}

} // namespace nvmf::cli
