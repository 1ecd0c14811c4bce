#include "policy/target_rule.hpp"

namespace nvmf::policy {

Rule rule_of_target(const Target& target) {
  bool const is_discovery = target.subject() == base::Subject::discovery_controller;
  return {.name = target.name,
          .full_name = target.name,
          .action = is_discovery ? Action::discover : Action::connect,
          .span = target.span,
          .file = target.file};
}

Rule rule_of_firmware(base::Subject subject) {
  bool const is_discovery = subject == base::Subject::discovery_controller;
  return {.name = std::string(nbft_name),
          .full_name = std::string(nbft_name),
          .action = is_discovery ? Action::discover : Action::connect};
}

} // namespace nvmf::policy
