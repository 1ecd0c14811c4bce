#include "policy/digest.hpp"

#include "base/digest.hpp"
#include "policy/map_view.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <vector>

namespace nvmf::policy {

namespace {

void append_text(std::string& out, char kind, const std::string& text) {
  out += kind;
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

void append_node(std::string& out, const yaml::Node& node);

void append_map(std::string& out, const yaml::Node& map) {
  std::vector<const yaml::Entry*> sorted;
  for (const yaml::Entry& entry : map.entries)
    if (!is_extension(entry.key.text))
      sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const yaml::Entry* a, const yaml::Entry* b) { return a->key.text < b->key.text; });
  out += '{';
  for (const yaml::Entry* entry : sorted) {
    append_text(out, 'k', entry->key.text);
    append_node(out, entry->value);
  }
  out += '}';
}

void append_node(std::string& out, const yaml::Node& node) {
  switch (node.kind) {
  case yaml::Node::Kind::scalar:
    // A quoted `1` is a text, a plain one a number.
    append_text(out, yaml::scalar_type(node) == yaml::ScalarType::text ? 's' : 'p', node.text);
    break;
  case yaml::Node::Kind::list:
    out += '[';
    for (const yaml::Node& item : node.items)
      append_node(out, item);
    out += ']';
    break;
  case yaml::Node::Kind::map:
    append_map(out, node);
    break;
  }
}

} // namespace

void append_content(std::string& out, const std::string& file_name, const yaml::Node& root) {
  append_text(out, 'f', file_name);
  append_node(out, root);
}

std::string digest_of(const std::string& content) { return "sha256:" + base::sha256_hex(content); }

} // namespace nvmf::policy
