// How far a scalar reaches in its text, and what stands before it: what yaml-cpp does not tell.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nvmf::policy {

// Bytes `first` up to, not including, `last`.
struct ByteRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

// The offset behind tags (`!x`) and anchors (`&x`) that stand at `at`.
std::size_t behind_properties(std::string_view text, std::size_t at);

// The scalar that begins at `at` and was decoded to `value`: quoted, block or plain. None if it is
// a quoted one that is never closed.
std::optional<ByteRange> scalar_extent(std::string_view text, std::size_t at,
                                       std::string_view value);

// Where the first quote at or behind `from` that is never closed begins; `from` lies outside of all
// scalars.
std::optional<std::size_t> unclosed_quote(std::string_view text, std::size_t from);

} // namespace nvmf::policy
