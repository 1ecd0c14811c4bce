// Letters of ASCII in lower case, whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace nvmf::base {

std::string lower_case(std::string_view text);

} // namespace nvmf::base
