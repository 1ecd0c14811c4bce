// "did you mean": the nearest of the words that would have been right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nvmf::base {

// The candidate with the fewest edits (insert, delete, replace, swap of neighbours; case and `_`
// against `-` are free), the first of equals; nothing if more than a third of the word would have
// to change, or all of it.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// "did you mean `NEAREST`?"; empty: none is near.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

} // namespace nvmf::base
