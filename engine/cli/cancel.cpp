// `nvmf-policy cancel`: withdraws what waits or is being tried. Disconnects nothing.
#include "base/clock.hpp"
#include "base/wire_text.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/named_path_text.hpp"
#include "cli/names_text.hpp"
#include "cli/terminal.hpp"
#include "cli/unknown_name.hpp"
#include "cli/usage.hpp"
#include "host/hand_over.hpp"
#include "plan/id.hpp"
#include "service/named_paths.hpp"
#include "service/sweep_choice.hpp"
#include "service/withdraw.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <thread>
#include <unistd.h>

namespace nvmf::cli {

namespace {

struct CancelRequest {
  std::vector<std::string> names;
  bool all = false;
};

using execute::PathRecord;
using execute::State;

// A withdrawal, and the lines about it.
struct Withdrawal {
  execute::Command command;
  std::string text;
};

bool is_open(const PathRecord& path) {
  return path.state != execute::PathState::live &&
         (path.state != execute::PathState::given_up || path.next_try);
}

std::string withdrawn_text(const State& state, const std::vector<const PathRecord*>& paths) {
  std::string text = event_text(state.plan.event) + "  withdrawn\n";
  for (const PathRecord* path : paths)
    text += "  " + former_path_text(*path) + '\n';
  return text;
}

// All requests, with a state or without one yet.
Withdrawal all_of(base::FileSystem& files, const std::vector<State>& states) {
  const host::HandOver hand_over(files);
  std::set<std::string> requests;
  for (const auto& list : {hand_over.waiting(), hand_over.running()})
    if (list)
      requests.merge(host::ids_of(*list));
  Withdrawal all{.command = {.all = true}, .text = {}};
  for (const State& state : states) {
    std::vector<const PathRecord*> open;
    for (const PathRecord& path : state.paths)
      if (state.phase == execute::Phase::running && is_open(path))
        open.push_back(&path);
    const bool is_asked_for = requests.erase(state.id) > 0;
    if (is_asked_for || !open.empty())
      all.text += withdrawn_text(state, open);
  }
  for (const std::string& id : requests)
    all.text += fmt::format("request {}  withdrawn\n", id);
  return all;
}

Withdrawal named(const std::vector<State>& states, const std::vector<std::string>& names) {
  Withdrawal chosen;
  for (const State& state : states) {
    std::vector<const PathRecord*> open;
    for (const PathRecord& path : state.paths) {
      const auto is_meant = [&](const std::string& name) {
        const auto meanings = service::meanings(states, name);
        return !meanings.empty() &&
               std::find(meanings[0].paths.begin(), meanings[0].paths.end(),
                         service::NamedPath{&state, &path}) != meanings[0].paths.end();
      };
      if (is_open(path) && std::any_of(names.begin(), names.end(), is_meant))
        open.push_back(&path);
    }
    if (open.empty())
      continue;
    for (const PathRecord* path : open)
      chosen.command.paths.push_back(
          {.id = state.id, .key = plan::path_key(path->subject, path->tid)});
    chosen.text += withdrawn_text(state, open);
  }
  return chosen;
}

// Says which of the names nothing has.
bool are_known(const Globals& globals, const std::vector<State>& states,
               const std::vector<std::string>& names) {
  bool known = true;
  for (const std::string& name : names)
    if (service::meanings(states, name).empty()) {
      complain_about_unknown_name(globals, states, name, {});
      known = false;
    }
  return known;
}

ExitCode carry_out(base::RealFileSystem& files, const Globals& globals,
                   const Withdrawal& withdrawal) {
  const base::SystemClock clock;
  const auto done = service::withdraw(
      {.files = files,
       .root = globals.root,
       .clock = clock,
       .pause = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }},
      withdrawal.command);
  if (!done) {
    complain(done.error().message);
    return ExitCode::failed;
  }
  print(withdrawal.text);
  return ExitCode::done;
}

ExitCode run_cancel(const CancelRequest& request, const Globals& globals) {
  if (!request.all && request.names.empty())
    return usage_error("cancel", UsageError{"`PATH` or `--all` is missing",
                                            "a subsystem NQN, an address, a target or a device"});
  if (globals.root.empty() && ::geteuid() != 0) {
    complain("`cancel` takes work from the executor, which only root may");
    return ExitCode::failed;
  }
  base::RealFileSystem files = host_files(globals);
  const auto read = service::read_all_states(files);
  if (!read) {
    complain("the state cannot be read: " + read.error().message);
    return ExitCode::failed;
  }
  for (const std::string& damaged : read->damaged)
    complain(damaged);
  if (const auto several = several_meanings(read->states, request.names))
    return usage_error("cancel", *several);
  if (!are_known(globals, read->states, request.names))
    return ExitCode::failed;
  const Withdrawal chosen =
      request.all ? all_of(files, read->states) : named(read->states, request.names);
  if (chosen.text.empty())
    complain("there is nothing to cancel: nothing waits or is being tried");
  // A state may be older than what the executor does: all of it is withdrawn in any case.
  const ExitCode code =
      request.all || !chosen.text.empty() ? carry_out(files, globals, chosen) : ExitCode::done;
  return code == ExitCode::done && !read->damaged.empty() ? ExitCode::failed : code;
}

} // namespace

Runner declare_cancel(Options& options) {
  auto request = std::make_shared<CancelRequest>();
  const auto names =
      options.arguments("PATH", "subsystem NQN, address, target, device or id", request->names);
  Options::exclude_each_other(
      {names, options.flag("--all", "everything that waits or is being tried", request->all)});
  return [request](const Globals& globals) { return run_cancel(*request, globals); };
}

} // namespace nvmf::cli
