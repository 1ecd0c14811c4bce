// What blocks and brackets have in common; yaml_block.cpp and yaml_flow.cpp have the rest.
#include "yaml/yaml_reader.hpp"

#include "yaml/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::yaml {

namespace {

constexpr std::size_t few_keys = 16; // up to here a look at each entry is quicker than a set

std::size_t length_of(const Node& node) {
  return node.end.column > node.start.column ? node.end.column - node.start.column : 1;
}

} // namespace

YamlReader::Level::Level(YamlReader& reader) : reader_(reader) {
  if (++reader_.depth_ > deepest_nesting) {
    --reader_.depth_;
    reader_.cursor_.fail(108, fmt::format("nested more than {} deep", deepest_nesting),
                         reader_.cursor_.position());
  }
}

void YamlReader::begin_node() {
  if (++nodes_ > most_nodes)
    cursor_.fail(108, fmt::format("more than {} values", most_nodes), cursor_.position());
}

Node YamlReader::document() {
  begin_document();
  Node root;
  if (!cursor_.at_end() && !cursor_.is_marker("...") && !cursor_.is_marker("---"))
    root = block_node(0);
  end_document();
  return root;
}

void YamlReader::begin_document() {
  cursor_.skip_to_content();
  if (cursor_.peek() == '%' && cursor_.column() == 0)
    cursor_.fail_here("a YAML directive (`%…`)", "take the line out");
  if (cursor_.is_marker("---")) {
    cursor_.advance(3);
    cursor_.skip_to_content();
  }
}

void YamlReader::end_document() {
  cursor_.skip_to_content();
  if (cursor_.is_marker("...")) {
    cursor_.advance(3);
    cursor_.finish_line();
    cursor_.skip_to_content();
  }
  if (cursor_.at_end())
    return;
  if (cursor_.is_marker("---"))
    cursor_.fail(105, "a second document begins", cursor_.position(),
                 "a policy file is one document; put the second one into a file of its own");
  if (cursor_.peek() == '%' && cursor_.column() == 0)
    cursor_.fail_here("a YAML directive (`%…`)", "take the line out");
  cursor_.fail_here("text after the end of the policy",
                    "check the indentation: keys of one map begin in the same column");
}

Node YamlReader::scalar(const ScalarContext& context) {
  begin_node();
  if (cursor_.peek() == '"' || cursor_.peek() == '\'')
    return scalars_.quoted(context);
  if (!scalars_.begins_plain(context.flow))
    fail_value();
  return scalars_.plain(context);
}

void YamlReader::fail_value() {
  char const c = cursor_.peek();
  if (c == ']' || c == '}')
    cursor_.fail_here("a bracket closes what was never opened");
  if (at_dash())
    cursor_.fail_here("a list entry (`- `) cannot stand here",
                      "check the indentation; entries of one list begin in the same column");
  if (c == '%' && cursor_.column() == 0)
    cursor_.fail_here("a YAML directive (`%…`)", "take the line out");
  if (c == '?')
    cursor_.fail_here("a key that is marked with `?`", "write `key: value`");
  if (c == ':')
    cursor_.fail_here("a `:` cannot stand here", "a key is missing before it");
  std::size_t length = 1;
  while (!cursor_.is_blank_or_break(length) &&
         std::string_view(",]}").find(cursor_.peek(length)) == std::string_view::npos)
    ++length;
  std::string_view const word = cursor_.text(cursor_.offset(), cursor_.offset() + length);
  cursor_
      .report(101, fmt::format("a value cannot begin with `{}` without quotes", c),
              cursor_.position(), length)
      .help = fmt::format("write `\"{}\"`", word);
  throw StopParsing();
}

// Anchors and tags, reported; their values are read as if they were not there.
void YamlReader::skip_properties() {
  while (cursor_.peek() == '&' || cursor_.peek() == '!') {
    if (cursor_.peek() == '&')
      cursor_.report(103, "an anchor (`&…`) is not allowed here", cursor_.position()).help =
          "write the value where it is needed, or use `sets` and `profiles`";
    else
      cursor_.report(104, "a tag (`!…`) is not allowed here", cursor_.position()).help =
          "take it out; quote a value to make it a string";
    while (!cursor_.is_blank_or_break())
      cursor_.advance();
    cursor_.skip_blanks();
  }
}

// At `*`.
Node YamlReader::alias() {
  begin_node();
  cursor_.report(103, "an alias (`*…`) is not allowed here", cursor_.position()).help =
      "write the value where it is needed, or use `sets` and `profiles`; quote a glob";
  Node node{.start = cursor_.position(), .end = cursor_.position(), .text = "*"};
  while (!cursor_.is_blank_or_break() &&
         std::string_view(",[]{}").find(cursor_.peek()) == std::string_view::npos)
    cursor_.advance();
  return node;
}

bool YamlReader::is_repeated(const Node& map, Keys& keys, const std::string& key) {
  if (map.entries.size() < few_keys)
    return std::any_of(map.entries.begin(), map.entries.end(),
                       [&](const Entry& entry) { return entry.key.text == key; });
  if (keys.empty())
    for (const Entry& entry : map.entries)
      keys.insert(entry.key.text);
  return !keys.insert(key).second;
}

// A key that comes again, or cannot be one, is reported; emptied, it is left out with its value.
void YamlReader::check_key(const Node& map, Keys& keys, Node& key) {
  if (key.is_plain("<<")) {
    cursor_.report(103, "a merge key (`<<`) is not allowed here", key.start, 2).help =
        "write the keys where they are needed, or use `profiles`";
  } else if (is_repeated(map, keys, key.text)) {
    diag::Finding& finding = cursor_.report(102, fmt::format("key `{}` is there twice", key.text),
                                            key.start, length_of(key));
    for (const Entry& entry : map.entries)
      if (entry.key.text == key.text)
        finding.spans.push_back(
            {{cursor_.source(), entry.key.start, entry.key.end}, "first here", false});
  } else {
    return;
  }
  key.text.clear();
  key.quoted = false;
}

void YamlReader::add_entry(Node& map, Node key, Node value) {
  if (!key.text.empty() || key.quoted)
    map.entries.push_back({std::move(key), std::move(value)});
}

} // namespace nvmf::yaml
