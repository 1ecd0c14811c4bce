#include "load/check_format.hpp"

#include <algorithm>

namespace nvmf::load {

namespace {

// The fault of a line's end; nothing if it is fine.
std::string_view oddity(std::string_view line, bool has_newline) {
  if (line.ends_with('\r'))
    return "a Windows line end";
  if (line.ends_with(' ') || line.ends_with('\t'))
    return "blanks at the end of a line";
  return has_newline ? std::string_view() : "no newline at the end of the file";
}

} // namespace

void check_format(const diag::SourcePtr& source, diag::Sink& sink) {
  std::string_view rest = source->text;
  for (std::uint32_t number = 1; !rest.empty(); ++number) {
    std::size_t const end = std::min(rest.find('\n'), rest.size());
    std::string_view const line = rest.substr(0, end);
    bool const has_newline = end < rest.size();
    if (std::string_view const odd = oddity(line, has_newline); !odd.empty()) {
      auto const last = static_cast<std::uint32_t>(std::max<std::size_t>(line.size(), 1));
      sink.add(803, std::string(odd), {source, {number, last}, {number, last + 1}});
      return;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

} // namespace nvmf::load
