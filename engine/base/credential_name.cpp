#include "base/credential_name.hpp"

#include <climits>

namespace nvmf::base {

bool is_credential_name(std::string_view text) {
  return !text.empty() && text.size() <= NAME_MAX && text.front() != '.' &&
         text.find('/') == std::string_view::npos;
}

} // namespace nvmf::base
