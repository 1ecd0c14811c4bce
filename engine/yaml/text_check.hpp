// Characters that no policy text may contain, in YAML or not: bytes that are not UTF-8, control
// characters, characters that are invisible or change the direction of the text around them, lines
// without end. yaml-cpp takes all of them.
#pragma once

#include "diag/finding.hpp"

#include <optional>
#include <string_view>

namespace nvmf::yaml {

// One finding (101, 107 or 108) for each line with one of them, at the first of the line, up to
// ten. False if there was any.
bool check_text(const diag::SourcePtr& source, diag::Sink& sink);

// A blank of another kind (no-break, figure, ideographic) where only an ordinary one has a place in
// the text: in the indentation, behind `:`, `-`, `,` or a bracket; not in quotes and comments.
struct OddBlank {
  std::size_t offset = 0; // in the line
  std::size_t bytes = 1;
  char32_t code = 0;
};
std::optional<OddBlank> odd_blank(std::string_view line);

// One that a scalar without quotes begins or ends with, where it cannot be seen.
std::optional<OddBlank> odd_blank_at_end(std::string_view scalar);

// The first character of a scalar that a text may not contain: an escape wrote it.
std::optional<char32_t> invisible_character(std::string_view scalar);

} // namespace nvmf::yaml
