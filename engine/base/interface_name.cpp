#include "base/interface_name.hpp"

#include "base/wire_text.hpp"

namespace nvmf::base {

bool is_interface_name(std::string_view text) {
  return !text.empty() && text.size() <= interface_name_max_length && is_option_text(text) &&
         text.find_first_of(not_in_interface_names) == std::string_view::npos && text != "." &&
         text != "..";
}

} // namespace nvmf::base
