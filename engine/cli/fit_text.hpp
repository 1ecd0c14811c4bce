// Text made to fit the window: shortened where something else still names the thing, wrapped where
// it must be read whole. Columns are counted as `width` does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nvmf::cli {

// Shortened in the middle, with more of its end, where names differ: `nqn.201…ple:prod.vol7`.
// Text that fits stays as it is.
std::string shortened(std::string_view text, std::size_t columns);

// Cut behind a word, with ` …` in place of the rest.
std::string cut_behind_word(std::string_view text, std::size_t columns);

// `text` in lines of at most `columns`, each but the first after `indent` blanks; the first is
// taken to begin there.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns = 80);

// The first lines of `text`, as many as a window of so many lines and columns shows, with the rest
// counted in the last one: `and 12 more lines`. A line that is wider than the window takes several.
std::string fitted(std::string_view text, std::size_t lines, std::size_t columns);

} // namespace nvmf::cli
