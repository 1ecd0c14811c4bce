// Text that came from the wire, the kernel or another tool's file: hostile until looked at.
#pragma once

#include <string>
#include <string_view>

namespace nvmf::base {

// Whether it can be a value in a /dev/nvme-fabrics option string: printable ASCII without blank and
// comma. The kernel splits at `,` and newline and knows no escape (drivers/nvme/host/fabrics.c).
bool is_option_text(std::string_view text);

// Fit to be shown: control and non-ASCII bytes, and a backslash, as `\xNN`.
std::string escaped(std::string_view text);

// Without the blanks and NULs that pad fields of fixed width. A NUL before more text stays: the
// rest would be hidden from a reader.
std::string_view without_padding(std::string_view text);

} // namespace nvmf::base
