// Files of `[Section]` headers and `key = value` lines, as systemd, nvme-cli and nvme-stas write
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::importing {

struct IniLine {
  std::string key;   // lower case
  std::string value; // without surrounding blanks; empty is not the same as absent
  std::uint32_t line = 0;
};

// A section as it stands in the file: one that is there twice is two sections.
struct IniSection {
  std::string name; // without the brackets; empty for lines before the first header
  std::uint32_t line = 0;
  std::vector<IniLine> lines;
};

// What follows a `#` or `;` at the beginning of a line, or a blank and `#` behind a value, is a
// comment. Lines of no form are keys without a value.
std::vector<IniSection> parse_ini(std::string_view text);

// `transport=tcp;traddr=10.0.0.1` as keys (as written) and values.
std::vector<IniLine> parse_pairs(std::string_view text, std::uint32_t line);

} // namespace nvmf::importing
