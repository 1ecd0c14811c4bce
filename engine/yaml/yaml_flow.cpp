// Lists and maps in brackets.
#include "yaml/yaml_reader.hpp"

#include <fmt/format.h>

namespace nvmf::yaml {

void YamlReader::fail_unclosed(const Bracket& bracket) {
  diag::Position const here = cursor_.position();
  diag::Finding& finding =
      cursor_.report(101,
                     fmt::format("the `{}` that begins here is not closed, or a `,` is missing",
                                 bracket.close == ']' ? '[' : '{'),
                     bracket.opened);
  finding.spans.front().label = "opened here";
  finding.spans.push_back(
      {{cursor_.source(), here, {here.line, here.column + 1}}, "noticed here", false});
  throw StopParsing();
}

bool YamlReader::next_in_flow(Bracket& bracket) {
  while (true) {
    cursor_.skip_over_lines();
    char const c = cursor_.peek();
    if (c == bracket.close) {
      cursor_.advance();
      return false;
    }
    bool const is_over = cursor_.at_end() || cursor_.is_marker("---") || cursor_.is_marker("...");
    if (is_over || c == ']' || c == '}')
      fail_unclosed(bracket);
    if (c != ',') {
      if (!bracket.separated)
        fail_unclosed(bracket);
      bracket.separated = false;
      return true;
    }
    if (bracket.separated)
      cursor_.fail_here("nothing stands before this `,`", "take it out");
    bracket.separated = true;
    cursor_.advance();
  }
}

Node YamlReader::flow_node() {
  Level const level(*this);
  skip_properties();
  switch (cursor_.peek()) {
  case '[':
    return flow_list();
  case '{':
    return flow_map();
  case '*':
    return alias();
  default:
    return scalar({.flow = true});
  }
}

Node YamlReader::flow_list() {
  begin_node();
  Node list{.kind = Node::Kind::list, .start = cursor_.position()};
  list.end = {list.start.line, list.start.column + 1};
  // Before its first item a list is like one behind a comma, but may also be closed.
  Bracket bracket{.opened = list.start, .close = ']'};
  cursor_.advance();
  while (next_in_flow(bracket)) {
    list.items.push_back(flow_node());
    cursor_.skip_over_lines();
    if (cursor_.peek() == ':')
      cursor_.fail_here("a `:` cannot stand in a list", "write `{key: value}`");
  }
  return list;
}

Node YamlReader::flow_key() {
  skip_properties();
  if (cursor_.peek() == '[' || cursor_.peek() == '{')
    cursor_.fail_here("a key must be a word, not a list or a map");
  if (cursor_.peek() == '*')
    return alias();
  return scalar({.flow = true, .single_line = true});
}

Node YamlReader::flow_value(const Node& key) {
  cursor_.skip_over_lines();
  if (cursor_.peek() != ':')
    cursor_.fail(101, fmt::format("a `:` expected behind `{}`", key.text), key.start,
                 key.text.find(':') != std::string::npos ? "a blank must follow the `:`" : "");
  if (cursor_.line() != key.start.line)
    cursor_.fail_here("a `:` on another line than its key");
  cursor_.advance();
  cursor_.skip_over_lines();
  if (cursor_.peek() != ',' && cursor_.peek() != '}')
    return flow_node();
  begin_node();
  return {.start = key.start, .end = key.end};
}

Node YamlReader::flow_map() {
  begin_node();
  Node map{.kind = Node::Kind::map, .start = cursor_.position()};
  map.end = {map.start.line, map.start.column + 1};
  Bracket bracket{.opened = map.start, .close = '}'};
  Keys keys;
  cursor_.advance();
  while (next_in_flow(bracket)) {
    Node key = flow_key();
    check_key(map, keys, key);
    Node value = flow_value(key);
    add_entry(map, std::move(key), std::move(value));
  }
  return map;
}

} // namespace nvmf::yaml
