// Text in lines of a window. A UTF-8 sequence counts as one column, nothing here is wider.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nvmf::base {

// Columns that `text` takes.
std::size_t text_width(std::string_view text);

// Shortened in the middle, with more of its end, where names differ: `nqn.201…ple:prod.vol7`.
// Text that fits stays as it is.
std::string shortened(std::string_view text, std::size_t columns);

// `text` in lines of at most `columns`, each but the first after `indent` blanks; the first is
// taken to begin there. A word that is wider than a line stays whole.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns = 80);

// The same, with such a word shortened, so that no line is wider than the window.
std::string fitted_words(std::string_view text, std::size_t indent, std::size_t columns);

} // namespace nvmf::base
