// Lists and maps in blocks: indentation says what belongs together.
#include "yaml/yaml_reader.hpp"

namespace nvmf::yaml {

// Behind an entry: whether another one follows in the same column.
bool YamlReader::goes_on(std::size_t column) {
  cursor_.skip_to_content();
  if (cursor_.at_end() || cursor_.is_marker("---") || cursor_.is_marker("..."))
    return false;
  if (cursor_.column() > column)
    cursor_.fail_here(at_dash() ? "a list entry (`- `) cannot stand here"
                                : "a key or value cannot stand here",
                      "check the indentation; what belongs together begins in the same column");
  return cursor_.column() == column;
}

Node YamlReader::block_node(std::size_t indent) {
  Level const level(*this);
  skip_properties();
  if (cursor_.is_break() || cursor_.peek() == '#')
    cursor_.skip_to_content();
  if (at_dash())
    return block_list(cursor_.column());
  if (begins_key())
    return block_map(cursor_.column());
  return block_scalar(indent);
}

Node YamlReader::block_scalar(std::size_t indent) {
  Node node;
  switch (cursor_.peek()) {
  case '|':
  case '>':
    begin_node();
    return scalars_.block(indent);
  case '[':
  case '{':
    node = flow_node();
    break;
  case '*':
    node = alias();
    break;
  default:
    node = scalar({.indent = indent});
  }
  cursor_.finish_line();
  return node;
}

// A quoted text that ends on this line, and a `:` behind it.
bool YamlReader::quoted_key_ahead() {
  char const quote = cursor_.peek();
  std::size_t ahead = 1;
  for (; !cursor_.is_break(ahead); ++ahead) {
    if (quote == '"' && cursor_.peek(ahead) == '\\')
      ++ahead;
    else if (cursor_.peek(ahead) == quote)
      break;
  }
  if (cursor_.is_break(ahead))
    return false;
  do
    ++ahead;
  while (cursor_.is_blank(ahead));
  return cursor_.peek(ahead) == ':' && cursor_.is_blank_or_break(ahead + 1);
}

bool YamlReader::begins_key() {
  if (cursor_.peek() == '"' || cursor_.peek() == '\'')
    return quoted_key_ahead();
  if (!scalars_.begins_plain(false))
    return false;
  YamlCursor::Mark const here = cursor_.mark();
  scalars_.plain({.single_line = true});
  while (cursor_.is_blank())
    cursor_.advance();
  bool const is_key = cursor_.peek() == ':';
  cursor_.go_to(here);
  return is_key;
}

// Up to behind its `:`.
Node YamlReader::block_key() {
  if (at_dash())
    cursor_.fail_here("a list entry (`- `) cannot stand here",
                      "check the indentation; entries of one list begin in the same column");
  skip_properties();
  if (!begins_key()) {
    if (!scalars_.begins_plain(false) && cursor_.peek() != '"' && cursor_.peek() != '\'')
      fail_value();
    cursor_.fail_here("a key and `:` expected",
                      "check the indentation; keys of one map begin in the same column");
  }
  Node key = scalar({.single_line = true});
  while (cursor_.is_blank())
    cursor_.advance();
  cursor_.advance();
  return key;
}

Node YamlReader::block_map(std::size_t column) {
  begin_node();
  Node map{.kind = Node::Kind::map, .start = cursor_.position()};
  Keys keys;
  do {
    Node key = block_key();
    if (map.end.line == 0)
      map.end = key.end;
    check_key(map, keys, key);
    Node value = map_value(column, key);
    add_entry(map, std::move(key), std::move(value));
  } while (goes_on(column));
  return map;
}

Node YamlReader::map_value(std::size_t column, const Node& key) {
  cursor_.skip_blanks();
  skip_properties();
  if (!cursor_.is_break() && cursor_.peek() != '#') {
    if (at_dash())
      fail_value();
    Level const level(*this);
    return block_scalar(column + 1);
  }
  cursor_.skip_to_content();
  bool const is_over = cursor_.at_end() || cursor_.is_marker("---") || cursor_.is_marker("...");
  if (!is_over && cursor_.column() > column)
    return block_node(column + 1);
  // A list may stand right below its key.
  if (!is_over && cursor_.column() == column && at_dash()) {
    Level const level(*this);
    return block_list(column);
  }
  begin_node();
  return {.start = key.start, .end = key.end};
}

Node YamlReader::block_list(std::size_t column) {
  begin_node();
  Node list{.kind = Node::Kind::list, .start = cursor_.position()};
  list.end = {list.start.line, list.start.column + 1};
  do
    list.items.push_back(list_item(column));
  while (goes_on(column) && at_dash());
  return list;
}

// What follows on the line may be a map, whose keys line up: a tab has no width to line up by.
void YamlReader::fail_at_tab_behind_dash() {
  std::size_t ahead = 0;
  bool tab = false;
  for (; cursor_.is_blank(ahead); ++ahead)
    tab = tab || cursor_.peek(ahead) == '\t';
  if (tab && !cursor_.is_break(ahead) && cursor_.peek(ahead) != '#')
    cursor_.fail(106, "a tab in the indentation", cursor_.position(),
                 "YAML indents with blanks only");
}

Node YamlReader::list_item(std::size_t column) {
  diag::Position const dash = cursor_.position();
  cursor_.advance();
  fail_at_tab_behind_dash();
  cursor_.skip_to_content();
  bool const is_over = cursor_.at_end() || cursor_.is_marker("---") || cursor_.is_marker("...") ||
                       (cursor_.line() > dash.line && cursor_.column() <= column);
  if (!is_over)
    return block_node(column + 1);
  begin_node();
  return {.start = dash, .end = {dash.line, dash.column + 1}};
}

} // namespace nvmf::yaml
