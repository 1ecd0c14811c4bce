#include "cli/unknown_name.hpp"

#include "base/nearest.hpp"
#include "base/traddr.hpp"
#include "base/wire_text.hpp"
#include "cli/inputs.hpp"
#include "cli/terminal.hpp"
#include "event/event_arguments.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

std::vector<std::string> target_names(const Globals& globals) {
  std::vector<std::string> names;
  if (const load::Loaded loaded = load_policy(globals); loaded.policy)
    for (const policy::Target& target : loaded.policy->targets)
      names.push_back(target.name);
  return names;
}

// The words that would have been understood.
std::vector<std::string> known_names(const std::vector<execute::State>& states,
                                     std::vector<std::string> targets) {
  std::vector<std::string> names = std::move(targets);
  for (const execute::State& state : states) {
    names.push_back(state.plan.event.target);
    names.push_back(state.plan.event.device);
    for (const execute::PathRecord& path : state.paths) {
      names.push_back(path.tid.subsystem_nqn);
      names.push_back(path.device);
    }
  }
  std::erase(names, std::string());
  return names;
}

std::string next_step(const Globals& globals, const std::vector<execute::State>& states,
                      const std::string& name, std::string_view ask) {
  const std::vector<std::string> targets = target_names(globals);
  const std::string word = event::shell_word(base::escaped(name));
  if (std::find(targets.begin(), targets.end(), name) != targets.end())
    return fmt::format("the policy has this target, and nothing was asked for it yet: "
                       "`nvmf-policy plan --target {}` shows what it gives{}",
                       word, ask.empty() ? "" : fmt::format(", `{}` asks for it", ask));
  if (const std::string near = base::suggestion(name, known_names(states, targets)); !near.empty())
    return near;
  if (name.starts_with("nqn.") || base::Traddr::parse_any(name))
    return fmt::format("`nvmf-policy explain {}` says what this host knows of it", word);
  return "`nvmf-policy status -v` has the names of all paths";
}

} // namespace

void complain_about_unknown_name(const Globals& globals, const std::vector<execute::State>& states,
                                 const std::string& name, std::string_view ask) {
  complain(fmt::format("no path has the device, subsystem NQN, address or target `{}`",
                       base::escaped(name)));
  print_error(fmt::format("  help: {}\n", next_step(globals, states, name, ask)));
}

} // namespace nvmf::cli
