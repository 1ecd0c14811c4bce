// A YAML text as a tree in which every node has its place. No types yet: a scalar is text, and
// whether it was quoted.
#pragma once

#include "diag/finding.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::yaml {

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { scalar, list, map };
  Kind kind = Kind::scalar;
  bool quoted = false; // scalar: '…', "…", | or >
  diag::Position start;
  diag::Position end;         // scalar: past its last character on its first line
  std::string text;           // scalar
  std::vector<Node> items;    // list
  std::vector<Entry> entries; // map, in the order of the text, each key once

  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  bool is_plain(std::string_view word) const { return is_scalar() && !quoted && text == word; }
  // Nothing was written: `key:`.
  bool is_absent() const { return is_plain(""); }
};

struct Entry {
  Node key; // a scalar
  Node value;
};

// From `#` to the end of its line.
struct Comment {
  diag::Position start;
  std::string_view text; // into the document's source
  bool alone = false;    // nothing but blanks before it
};

struct Document {
  diag::SourcePtr source;
  Node root; // absent for an empty text
  std::vector<Comment> comments;

  diag::Span span(const Node& node) const { return {source, node.start, node.end}; }
};

} // namespace nvmf::yaml
