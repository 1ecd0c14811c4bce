// Names for what had none: lower-case words with hyphens, each once.
#pragma once

#include "importing/model.hpp"

#include <set>
#include <string>
#include <string_view>

namespace nvmf::importing {

// Letters and digits in lower case, everything else as single hyphens; at most 40 characters.
std::string kebab(std::string_view text);

class Names {
public:
  // `wanted`, or `wanted-2` and so on.
  std::string unique(const std::string& wanted);

private:
  std::set<std::string> taken_;
};

// `dc-10-20-1-10`, `dc-2037d039ea951c45`; for an I/O subsystem what follows the last colon of its
// NQN, as a word that YAML cannot take for anything else: `subsystem-1`, `subsystem-on`.
std::string usual_target_name(const Connection& connection);

} // namespace nvmf::importing
