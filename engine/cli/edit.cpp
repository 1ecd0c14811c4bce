// `nvmf-policy edit`: a file of the policy in the user's editor, judged before it takes effect.
#include "analyze/difference.hpp"
#include "cli/analysis_text.hpp"
#include "cli/check_reach.hpp"
#include "cli/commands.hpp"
#include "cli/edited_file.hpp"
#include "cli/editor.hpp"
#include "cli/ending_signals.hpp"
#include "cli/inputs.hpp"
#include "cli/plan_tasks.hpp"
#include "cli/plan_text.hpp"
#include "cli/question.hpp"
#include "cli/terminal.hpp"
#include "diag/render.hpp"
#include "diag/shown_text.hpp"
#include "execute/file_lock.hpp"
#include "host/route.hpp"
#include "host/run_paths.hpp"
#include "load/last_good.hpp"

#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace nvmf::cli {

namespace {

// As `import` begins a policy: editors that know the language server find the schema by it.
constexpr const char* start_of_new_file =
    "# yaml-language-server: $schema=/usr/share/nvmf/schemas/autoconnect-1.schema.json\n"
    "version: 1\n";

// More of a difference than this pushes the question out of the window.
constexpr std::size_t most_changes = 20;

enum class Answer : std::uint8_t { install, edit_again, give_up, none };

// The policy that the services decide with now; that of `--policy` and of a draft as it is now.
std::shared_ptr<const policy::Policy> policy_before(const EditedFile& file) {
  const base::RealFileSystem files(file.policy.root, base::Pipes::read);
  if (file.policy.places.empty())
    return load::load_in_force(files, load::LastGoodPlace::run_then_var).policy;
  return load::load_policy(files, {.paths = file.policy.places}).policy;
}

void show_findings(const Globals& globals, const load::Loaded& loaded) {
  std::vector<diag::Finding> shown;
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.severity != diag::Severity::on_request)
      shown.push_back(finding);
  const bool coloured = palette_for(stdout, globals.color).coloured_output();
  const std::string text =
      diag::render_human(shown, coloured ? diag::Colour::on : diag::Colour::off);
  print(text.empty() ? "" : text + '\n');
}

void show_difference(const EditedFile& file, const policy::Policy& after) {
  const auto before = policy_before(file);
  if (!before)
    return print("no policy is in force that this one could be compared with\n");
  const ComparedPolicies policies{*before, after};
  print(difference_text(policies, analyze::difference(*before, after), most_changes));
}

void show_dry_run(const Globals& globals, const std::shared_ptr<const policy::Policy>& policy) {
  PlanSetting setting{
      .policy = policy, .facts = host_facts(globals, *policy), .ask_log = {}, .routing = {}};
  if (globals.root.empty())
    setting.routing = host::routed_side;
  const auto events = choose_events({.all = true}, globals, *policy, setting.facts);
  std::vector<PlanTask> tasks;
  for (const ChosenEvent& event : events.value_or(std::vector<ChosenEvent>()))
    tasks.push_back({.event = event, .log = nullptr});
  const std::vector<ShownPlan> plans = plan_tasks(setting, tasks);
  const Screen screen = screen_for(stdout, globals.color);
  print('\n' + (globals.verbose ? plans_text(*policy, plans, Detail::full, screen)
                                : summary_text(plans, screen)));
}

Answer answer_of(std::optional<std::size_t> word, const std::vector<Answer>& answers) {
  return word ? answers[*word] : Answer::none;
}

// Says what the text would do, and asks what is to become of it.
Answer judge(const Globals& globals, const EditedFile& file, const std::string& text) {
  load::Loaded loaded = load_with(file, text);
  add_reachability(loaded);
  show_findings(globals, loaded);
  const std::size_t errors = diag::count(loaded.findings.findings()).errors;
  if (errors > 0)
    return answer_of(ask(fmt::format("{} error{}: no service would use this policy. Edit again or "
                                     "give up? [edit, give up] ",
                                     errors, errors == 1 ? "" : "s"),
                         {"edit", "give up"}),
                     {Answer::edit_again, Answer::give_up});
  if (loaded.policy) {
    show_difference(file, *loaded.policy);
    show_dry_run(globals, loaded.policy);
  } else {
    print("no file of the policy is left: nothing would be connected\n");
  }
  return answer_of(ask("Install it? [yes, edit again, give up] ", {"yes", "edit", "give up"}),
                   {Answer::install, Answer::edit_again, Answer::give_up});
}

// Nothing is installed, and what was typed is not lost.
ExitCode stop(const std::string& why, WorkingCopy& copy, const std::string& original) {
  complain(why + ": nothing was changed");
  const auto text = copy.text();
  if (text && *text != original) {
    copy.keep();
    complain("your text is in " + diag::shown(copy.path()));
  }
  return ExitCode::failed;
}

ExitCode install_text(const Globals& globals, const EditedFile& file, const std::string& text,
                      WorkingCopy& copy) {
  if (const auto installed = install(file, text); !installed)
    return stop(installed.error().message, copy, file.text.value_or(start_of_new_file));
  print(fmt::format("{} is installed\n", diag::shown(file.path)));
  if (file.text)
    print(fmt::format("its text of before is in {}\n", diag::shown(backup_path(file))));
  if (file.policy.places.empty())
    complain_about_distrust(globals, load_policy(globals));
  return ExitCode::done;
}

ExitCode edit(const Globals& globals, const EditedFile& file) {
  const std::string original = file.text.value_or(start_of_new_file);
  auto copy = WorkingCopy::create(file.path.substr(file.path.rfind('/') + 1), original);
  if (!copy) {
    complain(copy.error().message);
    return ExitCode::failed;
  }
  const EndingSignals while_editing;
  for (;;) {
    if (const auto ended = run_editor(copy->path()); !ended)
      return stop(ended.error().message, *copy, original);
    const auto text = copy->text();
    if (!text)
      return stop("the edited text cannot be read: " + text.error().message, *copy, original);
    if (*text == original) {
      complain(diag::shown(file.path) + " is unchanged");
      return ExitCode::done;
    }
    switch (judge(globals, file, *text)) {
    case Answer::install:
      return install_text(globals, file, *text, *copy);
    case Answer::edit_again:
      continue;
    case Answer::give_up:
      complain("given up: nothing was changed");
      return ExitCode::answer_is_no;
    case Answer::none:
      return stop("no answer", *copy, original);
    }
  }
}

bool is_of_this_host(const EditedFile& file) {
  return file.policy.places.empty() && file.policy.root.empty();
}

// One editor at a time. All files of this host's policy have one lock, for what is shown is the
// policy's change as a whole; another file is its own.
base::Result<execute::FileLock> lock(const EditedFile& file) {
  const bool is_host = is_of_this_host(file);
  if (is_host) {
    base::RealFileSystem files;
    if (const auto made = files.make_directories(std::string(host::run_directory), 0755); !made)
      return tl::unexpected(made.error());
  }
  const std::string path = is_host ? std::string(host::edit_lock) : file.real;
  auto held = execute::FileLock::attempt(path);
  if (!held)
    return tl::unexpected(held.error());
  if (!*held)
    return base::failure(
        fmt::format("{} is being edited already{}", diag::shown(file.path),
                    is_host ? ", by process " + execute::read_lock_note(path) : std::string()));
  if (is_host)
    if (const auto noted = (*held)->write_note(std::to_string(::getpid())); !noted)
      return tl::unexpected(noted.error());
  return std::move(**held);
}

ExitCode run_edit(const std::string& name, const Globals& globals) {
  if (!can_ask()) {
    complain("`edit` asks questions: standard input must be a terminal");
    print_error("  help: `check FILE` and `analyze diff OLD NEW` judge a text without one\n");
    return ExitCode::failed;
  }
  const auto file = find_edited_file(globals, name);
  if (!file) {
    complain(file.error().message);
    return ExitCode::failed;
  }
  std::optional<execute::FileLock> held;
  if (file->text || is_of_this_host(*file)) { // another new file is created only if it is new still
    auto locked = lock(*file);
    if (!locked) {
      complain(locked.error().message);
      return ExitCode::failed;
    }
    held = std::move(*locked);
  }
  return edit(globals, *file);
}

} // namespace

Runner declare_edit(Options& options) {
  auto name = std::make_shared<std::string>();
  options.argument("FILE", "a file of the policy, new or not, instead of the main file; or a draft",
                   *name);
  options.verbose("the dry run as a whole, not only its summary");
  return [name](const Globals& globals) { return run_edit(*name, globals); };
}

} // namespace nvmf::cli
