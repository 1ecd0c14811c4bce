#include "cli/resumed_text.hpp"

#include "base/wire_text.hpp"
#include "cli/names_text.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

std::string resumed_text(const execute::State& state) {
  std::string text = event_text(state.plan.event) + "  asked for\n";
  for (const execute::PathRecord& path : state.paths) {
    if (path.state == execute::PathState::live)
      continue;
    const bool is_discovery = path.subject == base::Subject::discovery_controller;
    text += fmt::format("  {}  {}  was {}{}{}\n",
                        is_discovery ? "discovery" : base::escaped(path.tid.subsystem_nqn),
                        address_text(path.tid.endpoint.value_or(base::Endpoint())),
                        to_string(path.state), path.reason.empty() ? "" : ": ",
                        base::escaped(path.reason));
  }
  return text;
}

} // namespace nvmf::cli
