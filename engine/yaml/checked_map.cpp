#include "yaml/checked_map.hpp"

#include "base/nearest.hpp"
#include "diag/codes.hpp"
#include "yaml/scalar.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace nvmf::yaml {

namespace {

// Gives the key that was plainly meant.
std::string report_unknown(Reader& reader, const Node& map, const Node& key, const MapKind& kind) {
  UnknownKey said = kind.explain_unknown ? kind.explain_unknown(key.text) : UnknownKey{};
  auto const near = base::nearest(key.text, kind.keys);
  if (said.help.empty() && near)
    said.help = base::suggestion(key.text, kind.keys);
  bool const is_misspelt = near && said.help == base::suggestion(key.text, kind.keys);
  if (said.meant.empty())
    said.meant = near.value_or("");
  diag::Finding& finding = reader.report(
      diag::code::unknown_key,
      fmt::format("unknown key `{}` {} {}", key.text, kind.preposition, kind.described), key,
      std::move(said.label));
  finding.help = std::move(said.help);
  bool const is_there =
      std::any_of(map.entries.begin(), map.entries.end(),
                  [&](const Entry& entry) { return entry.key.text == said.meant; });
  if ((is_misspelt || said.is_renamed) && !said.meant.empty() && !is_there)
    finding.replacement = said.meant;
  return std::move(said.meant);
}

} // namespace

bool Reader::has_errors_since(std::size_t count) const {
  const auto& findings = sink_.findings();
  return std::any_of(
      findings.begin() + static_cast<std::ptrdiff_t>(count), findings.end(),
      [](const diag::Finding& finding) { return finding.severity == diag::Severity::error; });
}

std::string described(const Node& node) {
  if (node.is_list())
    return "a list";
  if (node.is_map())
    return "a map";
  if (node.is_absent())
    return "nothing";
  bool const looks_plain = node.quoted && scalar_type({.text = node.text}) != ScalarType::text;
  return fmt::format("{}`{}`", looks_plain ? "the text " : "", node.text);
}

CheckedMap::CheckedMap(Reader& reader, const Node& node, const MapKind& kind) : node_(node) {
  if (node.is_map())
    check_keys(reader, kind);
  else
    reader.report(diag::code::wrong_type,
                  fmt::format("{} is a map, not {}", kind.described, described(node)), node);
}

void CheckedMap::check_keys(Reader& reader, const MapKind& kind) {
  for (const Entry& entry : node_.entries) {
    bool const ignored = kind.takes_extensions && is_extension(entry.key.text);
    if (!ignored &&
        std::find(kind.keys.begin(), kind.keys.end(), entry.key.text) == kind.keys.end())
      meant_.push_back(report_unknown(reader, node_, entry.key, kind));
  }
  for (std::string_view const name : kind.required)
    if (find(name) == nullptr && !is_meant(name))
      reader.report(diag::code::missing_key, fmt::format("{} needs `{}`", kind.described, name),
                    node_);
}

bool CheckedMap::is_meant(std::string_view name) const {
  return std::find(meant_.begin(), meant_.end(), name) != meant_.end();
}

const Entry* CheckedMap::entry(std::string_view name) const {
  auto const at = std::find_if(node_.entries.begin(), node_.entries.end(),
                               [&](const Entry& entry) { return entry.key.text == name; });
  return at != node_.entries.end() ? &*at : nullptr;
}

const Node& CheckedMap::key(std::string_view name) const {
  const Entry* const found = entry(name);
  assert(found != nullptr);
  return found->key;
}

const Node* CheckedMap::find(std::string_view name) const {
  const Entry* const found = entry(name);
  return found != nullptr ? &found->value : nullptr;
}

} // namespace nvmf::yaml
