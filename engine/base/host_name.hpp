// Host names of targets (RFC 1123, section 2.1).
#pragma once

#include <string>
#include <string_view>

namespace nvmf::base {

// Labels of 1 to 63 letters, digits and inner hyphens, 253 characters in all; the last label begins
// with a letter, so that a mistyped address is never a name.
bool is_host_name(std::string_view text);
// Why a text that looks like a name is not one; empty where it looks like something else.
std::string host_name_help(std::string_view text);

} // namespace nvmf::base
