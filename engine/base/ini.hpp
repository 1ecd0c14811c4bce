// Files of `[Section]` headers and `key = value` lines, as systemd, nvme-cli and nvme-stas write
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::base {

struct IniLine {
  std::string key;
  std::string value; // without surrounding blanks; empty is not the same as absent
  std::uint32_t line = 0;
};

// A section as the file has it: a duplicate one is two sections.
struct IniSection {
  std::string name; // without the brackets; empty for lines before the first header
  std::uint32_t line = 0;
  std::vector<IniLine> lines;
};

// How the tool whose file it is reads it.
enum class IniReading : std::uint8_t {
  as_written, // keys as written; a value goes to the end of its line
  forgiving,  // keys in any case, lower here; a blank and `#` end a value
};

// A line that begins with `#` or `;` is a comment. Lines of no form are keys without a value.
std::vector<IniSection> parse_ini(std::string_view text, IniReading reading);

// The keys and values of `transport=tcp;traddr=10.0.0.1`, which is the text of `line`.
std::vector<IniLine> parse_pairs(std::string_view text, std::uint32_t line, IniReading reading);

// Without the blanks around it.
std::string_view trimmed(std::string_view text);

} // namespace nvmf::base
