// `nvmf-policy show`: what is loaded, in which order, from where.
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/policy_text.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "policy/print.hpp"

#include <fmt/format.h>
#include <memory>

namespace nvmf::cli {

namespace {

struct ShowRequest {
  std::string what;
  std::string name; // of the rule
  bool origins = false;
};

// The files that were considered, and which last good policy the services would fall back to.
ExitCode show_files(const Globals& globals) {
  const load::Loaded loaded = load_policy(globals);
  print(files_text(loaded));
  if (globals.policy.empty()) {
    if (!loaded.policy && loaded.found_any)
      print("broken: " + last_good_line(host_files(globals)) + '\n');
    else if (const auto stored = last_good_stored(host_files(globals)))
      print(*stored + '\n');
  }
  return loaded.broken() ? ExitCode::answer_is_no : ExitCode::done;
}

ExitCode show_rule(const ShowRequest& request, const policy::Policy& policy, Origins origins) {
  const std::string& name = request.name;
  const std::vector<const policy::Rule*> rules = rules_named(policy, name);
  if (rules.size() == 1) {
    print(rule_text(policy, *rules.front(), origins));
    return ExitCode::done;
  }
  if (rules.empty()) {
    complain(fmt::format("there is no rule `{}`", name));
    if (const auto near = nearest_rule(policy, name))
      print_error(fmt::format("  help: did you mean `{}`?\n", *near));
    return ExitCode::failed;
  }
  complain(fmt::format("several files have a rule `{}`", name));
  for (const policy::Rule* rule : rules)
    print_error(fmt::format("  help: `show rule {}`\n", rule->full_name));
  return ExitCode::failed;
}

ExitCode run_show(const ShowRequest& request, const Globals& globals) {
  const std::string& what = request.what;
  if (what == "rule" && request.name.empty())
    return usage_error(
        "show", UsageError{"`show rule` needs the name of a rule", "`show rules` lists them"});
  if (what != "rule" && !request.name.empty())
    return usage_error("show", fmt::format("unexpected argument `{}`", request.name));
  if (what == "files")
    return show_files(globals);
  const auto loaded = policy_or_complaint(globals);
  if (!loaded)
    return loaded.error();
  const auto& policy = *loaded;
  const Origins origins = request.origins ? Origins::shown : Origins::hidden;
  if (what == "rule")
    return show_rule(request, *policy, origins);
  if (what == "rules")
    print(rules_text(*policy));
  else if (what == "sets")
    print(sets_text(*policy));
  else if (what == "profiles")
    print(profiles_text(*policy, origins));
  else
    print(policy::to_yaml(*policy, request.origins ? policy::Origins::as_comments
                                                   : policy::Origins::leave_out));
  return ExitCode::done;
}

} // namespace

Runner declare_show(Options& options) {
  auto request = std::make_shared<ShowRequest>();
  const auto what = options.argument(
      "WHAT", "`files`, `rules`, `sets`, `profiles`, `rule` or `effective`", request->what);
  Options::required(what);
  Options::one_of(what, {"files", "rules", "sets", "profiles", "rule", "effective"});
  options.argument("NAME", "with `rule`: which", request->name);
  options.flag("--origins", "also the file and line that each thing comes from", request->origins);
  return [request](const Globals& globals) { return run_show(*request, globals); };
}

} // namespace nvmf::cli
