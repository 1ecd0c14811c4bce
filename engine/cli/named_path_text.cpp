#include "cli/named_path_text.hpp"

#include "base/wire_text.hpp"
#include "cli/names_text.hpp"
#include "service/named_paths.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

std::string named_path_text(const execute::PathRecord& path) {
  const bool is_discovery = path.subject == base::Subject::discovery_controller;
  return fmt::format("{}  {}", is_discovery ? "discovery" : base::escaped(path.tid.subsystem_nqn),
                     address_text(path.tid.endpoint.value_or(base::Endpoint())));
}

std::string former_path_text(const execute::PathRecord& path) {
  return fmt::format("{}  was {}{}{}", named_path_text(path), to_string(path.state),
                     path.reason.empty() ? "" : ": ", base::escaped(path.reason));
}

std::optional<UsageError> several_meanings(const std::vector<execute::State>& states,
                                           const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto meanings = service::meanings(states, name);
    if (meanings.size() > 1)
      return UsageError{fmt::format("`{}` is the name of {} and of {}", base::escaped(name),
                                    to_string(meanings[0].kind), to_string(meanings[1].kind)),
                        "name the paths by subsystem NQN or by another address"};
  }
  return std::nullopt;
}

} // namespace nvmf::cli
