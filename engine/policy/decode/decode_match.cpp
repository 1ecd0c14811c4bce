#include "policy/decode/decode.hpp"
#include "policy/words.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

// loop's addresses are free text: they are read as such where the match names loop.
bool names_loop(const yaml::Node& match) {
  for (const yaml::Entry& entry : match.entries) {
    if (entry.key.text != "transport")
      continue;
    const yaml::Node& value = entry.value;
    auto const is_loop = [](const yaml::Node& node) {
      return node.is_scalar() && node.text == "loop";
    };
    return is_loop(value) || std::any_of(value.items.begin(), value.items.end(), is_loop);
  }
  return false;
}

class MatchDecoder {
public:
  MatchDecoder(Reader& reader, const yaml::Node& match, Section section)
      : reader_(reader), match_(match), section_(section), loop_text_(names_loop(match)) {}

  std::vector<DecodedClause> clauses() {
    std::vector<DecodedClause> clauses;
    for (const yaml::Entry& entry : match_.entries) {
      const Key* key = find_key(section_, entry.key.text);
      auto const kind = parse_match_key(entry.key.text);
      if (key == nullptr || !kind)
        continue;
      if (*kind == MatchKey::udev)
        add_properties(entry, *key, clauses);
      else
        clauses.push_back(clause(entry, *key, *kind));
    }
    return clauses;
  }

private:
  DecodedClause clause(const yaml::Entry& entry, const Key& key, MatchKey kind) {
    DecodedClause clause =
        decode_clause(reader_, entry.value, {.key = key, .kind = kind, .loop_text = loop_text_});
    clause.clause.span = reader_.span(entry.key);
    return clause;
  }

  void add_properties(const yaml::Entry& entry, const Key& key,
                      std::vector<DecodedClause>& clauses) {
    if (!entry.value.is_map()) {
      report_mismatch(reader_, entry.value, key);
      return;
    }
    if (entry.value.entries.empty())
      reader_.report(214, "`udev` names no property", entry.value).help = "take it out";
    for (const yaml::Entry& property : entry.value.entries) {
      Key const property_key{
          .section = section_, .name = property.key.text, .type = ValueType::globs};
      DecodedClause one = clause(property, property_key, MatchKey::udev);
      one.clause.udev_property = property.key.text;
      clauses.push_back(std::move(one));
    }
  }

  Reader& reader_;
  const yaml::Node& match_;
  Section section_;
  bool loop_text_;
};

// Unknown keys were reported, and are none.
bool has_other_conditions(const yaml::Node& match) {
  return std::any_of(match.entries.begin(), match.entries.end(), [](const yaml::Entry& entry) {
    return entry.key.text != "any" && find_key(Section::match, entry.key.text) != nullptr;
  });
}

bool read_any(Reader& reader, const yaml::Node& match, const yaml::Node& any) {
  const Key& key = *find_key(Section::match, "any");
  auto const value = read_boolean(reader, any, key);
  if (!value)
    return false;
  if (!*value)
    reader.report(206, "`any` is only ever `true`", any).help = "take it out";
  else if (has_other_conditions(match))
    reader.report(215, "`any` excludes all other conditions", any).help =
        "take it out, or the other conditions";
  return *value;
}

void read_negated(Reader& reader, const yaml::Node& node, DecodedMatch& match) {
  const Key& key = *find_key(Section::match, "not");
  MapView const map(reader, node, key, Section::negated_match);
  if (!map.is_map())
    return;
  if (node.entries.empty())
    reader.report(214, "`not` is empty", node).help = "take it out";
  match.none = MatchDecoder(reader, node, Section::negated_match).clauses();
  if (match.none.size() > 1)
    reader
        .report(313, "`not` with several keys: the match fails as soon as one of them holds", node)
        .help = "to except only their combination, write an `ignore` rule before this one";
}

// A key was left out with a value that is not YAML of ours (a tag, an anchor): that was reported.
bool has_left_out(Reader& reader, const yaml::Node& node) {
  const auto& findings = reader.sink().findings();
  return std::any_of(findings.begin(), findings.end(), [&](const diag::Finding& finding) {
    return (finding.code == 103 || finding.code == 104) && !finding.spans.empty() &&
           finding.spans.front().span.source == reader.span(node).source &&
           finding.spans.front().span.start.line == node.start.line;
  });
}

} // namespace

DecodedMatch decode_match(Reader& reader, const yaml::Node& node, const Key& key) {
  DecodedMatch match{.span = reader.span(node)};
  std::size_t const before = reader.sink().findings().size();
  MapView const map(reader, node, key, Section::match);
  if (map.is_map() && node.entries.empty() && !has_left_out(reader, node))
    reader.report(214, "`match` is empty", node).help =
        "write `any: true` to match everything on purpose";
  if (const yaml::Node* any = map.find("any"))
    match.any = read_any(reader, node, *any);
  match.all = MatchDecoder(reader, node, Section::match).clauses();
  if (const yaml::Node* negated = map.find("not"))
    read_negated(reader, *negated, match);
  match.damaged = reader.has_errors_since(before);
  return match;
}

} // namespace nvmf::policy
