// `nvmf-policy check`: what is wrong with a policy, and what is doubtful.
#include "base/wire_text.hpp"
#include "cli/check_fix.hpp"
#include "cli/check_reach.hpp"
#include "cli/commands.hpp"
#include "cli/host_check.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diag/catalogue.hpp"
#include "diag/place.hpp"
#include "diag/read_source.hpp"
#include "diag/render.hpp"
#include "host/names.hpp"
#include "policy/secret_text.hpp"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <set>

namespace nvmf::cli {

namespace {

using diag::Severity;

constexpr base::Duration name_timeout = std::chrono::seconds(3);

struct CheckRequest {
  std::vector<std::string> files;
  std::string fail_on = "error";
  std::vector<std::string> select;
  std::vector<std::string> ignore;
  bool host = false;
  bool fix = false;
  bool dry_run = false;
};

// `--select` and `--ignore`, read.
struct Selection {
  std::set<std::uint16_t> only; // empty: everything that is not on request
  std::set<std::uint16_t> without;

  // Errors reject the policy, so they are always reported.
  bool wants(const diag::Finding& finding) const {
    if (finding.severity == Severity::error)
      return true;
    if (without.contains(finding.code))
      return false;
    return only.empty() ? finding.severity != Severity::on_request : only.contains(finding.code);
  }
};

std::vector<diag::Finding> selected(const std::vector<diag::Finding>& all,
                                    const Selection& selection) {
  std::vector<diag::Finding> wanted;
  for (const diag::Finding& finding : all)
    if (selection.wants(finding))
      wanted.push_back(finding);
  return wanted;
}

std::string problem_with_code(const std::string& word) {
  return diag::parse_code(word) ? std::string()
                                : fmt::format("names an unknown finding `{}`\n{}",
                                              base::escaped(word), help_with_code(word));
}

std::set<std::uint16_t> codes_of(const std::vector<std::string>& words) {
  std::set<std::uint16_t> codes;
  for (const std::string& word : words)
    codes.insert(diag::parse_code(word).value());
  return codes;
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

void show(const Globals& globals, const load::Loaded& loaded, std::vector<diag::Finding> findings) {
  policy::hide_secrets(findings);
  if (globals.format == "json")
    return print(diag::render_json(findings));
  if (globals.format == "sarif")
    return print(diag::render_sarif(findings));
  if (globals.format == "short")
    return print(diag::render_short(findings));
  const Screen screen = screen_for(stdout, globals.color);
  std::string text = diag::render_human(
      findings, screen.palette.coloured_output() ? diag::Colour::on : diag::Colour::off,
      screen.columns);
  if (!globals.quiet)
    text += (text.empty() ? "" : "\n") + summary(loaded, diag::count(findings));
  print(text);
}

ExitCode exit_code(const std::vector<diag::Finding>& findings, std::string_view fail_on) {
  const diag::Counts counts = diag::count(findings);
  if (counts.errors > 0)
    return ExitCode::answer_is_no;
  if (fail_on == "info" && counts.warnings + counts.infos > 0)
    return ExitCode::selected_or_degraded;
  if (fail_on == "warning" && counts.warnings > 0)
    return ExitCode::selected_or_degraded;
  return ExitCode::done;
}

bool is_standard_input(const CheckRequest& request) {
  return request.files == std::vector<std::string>{"-"};
}

// The policy of the command line, of standard input, or of the host; nothing after having said why
// it cannot be read.
std::optional<load::Loaded> load(const CheckRequest& request, Globals globals,
                                 const Selection& selection) {
  const policy::FindingOptions wanted{.on_request = !selection.only.empty()};
  load::Loaded loaded;
  if (is_standard_input(request)) {
    const auto source = diag::read_source("-");
    if (!source) {
      complain(source.error().message);
      return std::nullopt;
    }
    loaded = load::load_text((*source)->path, (*source)->text, wanted);
  } else {
    globals.policy.insert(globals.policy.end(), request.files.begin(), request.files.end());
    if (!paths_exist(request.files))
      return std::nullopt;
    loaded = load_policy(globals, wanted);
  }
  add_reachability(loaded);
  if (request.host && loaded.found_any) {
    const base::RealFileSystem files = host_files(globals);
    const decide::Facts facts =
        loaded.policy ? host_facts(globals, *loaded.policy) : decide::Facts();
    HostView view{.files = files, .facts = facts};
    // Another host's tree does not bring its resolver.
    if (globals.root.empty())
      view.resolve = [](const std::vector<std::string>& names) {
        return host::resolve_names(names, name_timeout);
      };
    check_host(view, loaded, loaded.findings);
    diag::sort_by_place(loaded.findings.findings());
  }
  return loaded;
}

// Findings that `--fix` may replace. A vendor's files of this host are its package's.
load::WantsFix fixable(const CheckRequest& request, const Globals& globals,
                       const Selection& selection) {
  const bool is_own = globals.policy.empty() && request.files.empty();
  return [selection, is_own](const diag::Finding& finding) {
    const diag::LabelledSpan* where = diag::main_span(finding);
    return selection.wants(finding) && where != nullptr &&
           !(is_own && where->span.path().starts_with("/usr/"));
  };
}

// Prints the difference, or writes the files; the findings that are left in the first case, what
// the files have now in the second. Nothing after having said why it failed.
std::optional<load::Loaded> fix(const CheckRequest& request, const Globals& globals,
                                const Selection& selection, const load::Loaded& loaded) {
  const bool is_own = globals.policy.empty() && request.files.empty();
  base::RealFileSystem files = is_own ? host_files(globals) : base::RealFileSystem();
  const auto fixed = fix_loaded(files, loaded, fixable(request, globals, selection));
  if (!fixed) {
    complain(fixed.error().message);
    return std::nullopt;
  }
  const std::size_t places = fixed->after.replaced;
  if (request.dry_run) {
    print(differences_of(*fixed));
    return load::load_texts(fixed->after.texts);
  }
  if (const auto written = write_fixed(files, *fixed); !written) {
    complain(written.error().message);
    return std::nullopt;
  }
  complain(fmt::format("{} place{} replaced", places, places == 1 ? "" : "s"));
  return load(request, globals, selection);
}

ExitCode run_check(const CheckRequest& request, const Globals& globals) {
  const Selection selection{codes_of(request.select), codes_of(request.ignore)};
  if (request.fix && is_standard_input(request))
    return usage_error("check", "--fix: standard input cannot be fixed, only files");
  auto found = load(request, globals, selection);
  if (found && request.fix)
    found = fix(request, globals, selection, *found);
  if (!found)
    return ExitCode::failed;
  if (request.dry_run)
    return exit_code(selected(found->findings.findings(), selection), request.fail_on);
  const load::Loaded& loaded = *found;
  if (!loaded.found_any && !loaded.findings.has_errors()) {
    complain_about_absence(globals, request.files.empty() ? globals.policy : request.files, loaded);
    return ExitCode::failed;
  }
  const std::vector<diag::Finding> findings = selected(loaded.findings.findings(), selection);
  show(globals, loaded, findings);
  if (globals.policy.empty() && request.files.empty()) {
    if (loaded.policy)
      complain_about_distrust(globals, loaded);
    else
      complain(last_good_line(host_files(globals)));
  }
  return exit_code(findings, request.fail_on);
}

} // namespace

Runner declare_check(Options& options) {
  auto request = std::make_shared<CheckRequest>();
  options.arguments(
      "FILE", "policy files or a directory instead of those of this host; `-`: standard input",
      request->files);
  options.flag("--host", "also looks at this machine: secrets, file modes, exclusions",
               request->host);
  const auto fix =
      options.flag("--fix",
                   "writes what findings can replace by themselves: hyphens, quotes, units, "
                   "spelling",
                   request->fix);
  Options::needs(options.flag("--dry-run",
                              "with `--fix`: prints the difference, and writes nothing",
                              request->dry_run),
                 fix);
  options.choice("--fail-on", "LEVEL",
                 "exit 3 for findings from `warning` or `info` on; errors always exit with 1",
                 {"error", "warning", "info"}, request->fail_on);
  Options::check(
      options.list("--select", "CODE", "only these findings, besides errors", request->select),
      problem_with_code);
  Options::check(
      options.list("--ignore", "CODE", "without these findings; errors stay", request->ignore),
      problem_with_code);
  options.formats({"human", "short", "json", "sarif"});
  options.quiet("without the last line");
  return [request](const Globals& globals) { return run_check(*request, globals); };
}

} // namespace nvmf::cli
