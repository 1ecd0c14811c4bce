#include "policy/map_view.hpp"

#include "base/nearest.hpp"
#include "policy/foreign.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <vector>

namespace nvmf::policy {

namespace {

std::string_view label_for(Section section) {
  switch (section) {
  case Section::match:
  case Section::negated_match:
    return "not a condition";
  case Section::connect:
    return "not a connect option";
  default:
    return {};
  }
}

std::string where(Section section) {
  return fmt::format("{} {}", section == Section::top ? "at" : "in", described(section));
}

// Reports one unknown key; gives the key that was plainly meant.
std::string report_unknown(Reader& reader, const Node& key, Section section) {
  auto const near = base::nearest(key.text, names_of(section));
  ForeignKey const foreign = foreign_key(section, key.text);
  std::string help = foreign.help;
  if (help.empty() && near)
    help = fmt::format("did you mean `{}`?", *near);
  if (help.empty() && is_extension(key.text))
    help = "`x-` keys stand at the top level and beside the `name` of a rule, guard or target";
  reader
      .report(203, fmt::format("unknown key `{}` {}", key.text, where(section)), key,
              std::string(label_for(section)))
      .help = std::move(help);
  return !foreign.meant.empty() ? std::string(foreign.meant) : near.value_or("");
}

} // namespace

bool takes_extensions(Section section) {
  return section == Section::top || section == Section::rule || section == Section::guard ||
         section == Section::target;
}

MapView::MapView(Reader& reader, const Node& node, const Key& key, Section section) : node_(node) {
  if (node.is_map())
    check_keys(reader, section);
  else
    report_mismatch(reader, node, key);
}

void MapView::check_keys(Reader& reader, Section section) const {
  std::vector<std::string> meant;
  for (const Entry& entry : node_.entries) {
    bool const ignored = takes_extensions(section) && is_extension(entry.key.text);
    if (!ignored && find_key(section, entry.key.text) == nullptr)
      meant.push_back(report_unknown(reader, entry.key, section));
  }
  for (const Key& key : keys_of(section)) {
    // `version` has codes of its own.
    if (!key.required || key.type == ValueType::version || find(key.name) != nullptr)
      continue;
    if (std::find(meant.begin(), meant.end(), key.name) == meant.end())
      reader.report(205, fmt::format("{} needs `{}`", described(section), key.name), node_);
  }
}

const Node& MapView::key(std::string_view name) const {
  auto const at = std::find_if(node_.entries.begin(), node_.entries.end(),
                               [&](const Entry& entry) { return entry.key.text == name; });
  assert(at != node_.entries.end());
  return at->key;
}

const Node* MapView::find(std::string_view name) const {
  for (const Entry& entry : node_.entries)
    if (entry.key.text == name)
      return &entry.value;
  return nullptr;
}

} // namespace nvmf::policy
