// The lists and maps of a YAML text, in blocks and in brackets.
#pragma once

#include "yaml/tree.hpp"
#include "yaml/yaml_cursor.hpp"
#include "yaml/yaml_scalar_reader.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

namespace nvmf::yaml {

// Reads one document by descent. What can be told and passed over (a key that is there twice, an
// anchor, a tag) is reported and reading goes on; anything else stops it with StopParsing.
class YamlReader {
public:
  explicit YamlReader(YamlCursor& cursor) : cursor_(cursor), scalars_(cursor) {}

  Node document();

private:
  // The keys of one map that were seen.
  using Keys = std::unordered_set<std::string>;

  void begin_document();
  void end_document();

  // A node whose first character is here; what belongs to it begins in column `indent` or behind
  // it.
  Node block_node(std::size_t indent);
  Node block_scalar(std::size_t indent);
  Node block_list(std::size_t column);
  Node block_map(std::size_t column);
  Node block_key();
  Node list_item(std::size_t column);
  void fail_at_tab_behind_dash();
  Node map_value(std::size_t column, const Node& key);
  bool begins_key();
  bool quoted_key_ahead();
  bool goes_on(std::size_t column);
  bool at_dash() const { return cursor_.peek() == '-' && cursor_.is_blank_or_break(1); }

  Node flow_node();
  Node flow_list();
  Node flow_map();
  Node flow_key();
  Node flow_value(const Node& key);
  // Up to the next item, or past the closing bracket: then false.
  struct Bracket {
    diag::Position opened;
    char close;
    bool separated = true; // a comma stands before
  };
  bool next_in_flow(Bracket& bracket);
  [[noreturn]] void fail_unclosed(const Bracket& bracket);

  Node alias();
  void skip_properties();
  Node scalar(const ScalarContext& context);
  [[noreturn]] void fail_value();
  void check_key(const Node& map, Keys& keys, Node& key);
  bool is_repeated(const Node& map, Keys& keys, const std::string& key);
  void add_entry(Node& map, Node key, Node value);
  void begin_node();

  // Counts nesting as long as it lives.
  class Level {
  public:
    explicit Level(YamlReader& reader);
    ~Level() { --reader_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

  private:
    YamlReader& reader_;
  };

  YamlCursor& cursor_;
  YamlScalarReader scalars_;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

} // namespace nvmf::yaml
