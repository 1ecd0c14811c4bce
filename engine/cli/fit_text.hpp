// Text made to fit the window: shortened where something else still names the thing, wrapped where
// it must be read whole. Columns are counted as `width` does.
#pragma once

#include "base/text_lines.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::cli {

using base::fitted_words;
using base::shortened;
using base::wrapped;

// Cut behind a word, with ` …` in place of the rest.
std::string cut_behind_word(std::string_view text, std::size_t columns);

// Each line that is wider than the window wrapped between words, deeper than it begins; none:
// `text` as it is. Not for commands, which are there to be pasted, nor for coloured text.
std::string lines_in_window(std::string_view text, std::optional<std::size_t> columns);

// The first lines of `text`, as many as a window of so many lines and columns shows, with the rest
// counted in the last one: `and 12 more lines`. A line that is wider than the window takes several.
std::string fitted(std::string_view text, std::size_t lines, std::size_t columns);

} // namespace nvmf::cli
