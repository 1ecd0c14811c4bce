// YAML text to tree, as strictly as the language asks: one document, no anchors, aliases, tags,
// merge keys or duplicate keys, nothing invisible; bounded in time and memory whatever the text is.
//
// yaml-cpp's parser reads the text. Beside it, each for a reason that its file gives: text_check
// (bytes and lines), skim (limits that must hold before the parser sees the text), margin (what
// lies between the nodes: comments, tabs, indicators, ends), tree_builder (the rules of the
// language), explain (the parser's errors in an administrator's words).
#pragma once

#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <cstddef>
#include <optional>

namespace nvmf::yaml {

inline constexpr std::size_t longest_text = std::size_t{4} << 20;  // 10,000 rules are 2 MiB
inline constexpr std::size_t longest_line = std::size_t{32} << 10; // a list of 500 names
inline constexpr std::size_t deepest_nesting = 32;                 // the language needs 9
inline constexpr std::size_t most_nodes = 400'000;                 // 10,000 rules of 40
inline constexpr std::size_t most_mistakes = 100; // of the text; then reading stops

// Every problem of the text is a finding 101 to 109. Nothing if there is no tree to go on with.
std::optional<Document> parse_yaml(const diag::SourcePtr& source, diag::Sink& sink);

} // namespace nvmf::yaml
