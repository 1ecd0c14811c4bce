#include "cli/resumed_text.hpp"

#include "cli/named_path_text.hpp"
#include "cli/names_text.hpp"

namespace nvmf::cli {

std::string resumed_text(const execute::State& state) {
  std::string text = event_text(state.plan.event) + "  asked for\n";
  for (const execute::PathRecord& path : state.paths) {
    if (path.state == execute::PathState::live)
      continue;
    text += "  " + former_path_text(path) + '\n';
  }
  return text;
}

} // namespace nvmf::cli
