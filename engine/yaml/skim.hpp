// A quick look over a text before yaml-cpp reads it, and where its errors are explained: brackets,
// quotes, comments. It knows enough YAML to leave out the content of quotes, comments and `|`
// texts, and decides nothing about right texts but the limits.
#pragma once

#include "diag/finding.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::yaml {

struct Skim {
  // The text for yaml-cpp: tabs before a comment or the end of an otherwise empty line are blanks,
  // because it refuses them there and YAML does not. Every byte keeps its place.
  std::string text;
  std::vector<std::size_t> open_brackets; // at the end of the text, outermost first
  // A quote that is still open at the end, or was closed on a line that is not indented like a
  // continuation of it: the closing quote belongs to somebody else.
  std::optional<std::size_t> stray_quote;
  std::size_t values = 0;              // scalars and brackets
  std::optional<std::size_t> too_deep; // nested too deep: the look ends there
};

Skim skim(std::string_view text);

// Of a byte of the text.
diag::Position position_of(std::string_view text, std::size_t offset);

} // namespace nvmf::yaml
