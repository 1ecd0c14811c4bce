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
  case Section::transport_options:
    return "not a connect option";
  default:
    return {};
  }
}

std::string where(Section section) {
  return fmt::format("{} {}", section == Section::top ? "at" : "in", described(section));
}

// "a rule, a target or `defaults`".
std::string one_of(const std::vector<std::string>& places) {
  std::string out;
  for (std::size_t i = 0; i < places.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : (i + 1 == places.size() ? " or " : ", "), places[i]);
  return out;
}

// Where a key that has no meaning in this section belongs: into one of its maps, else into another
// section. Empty: nowhere.
std::string home_of(std::string_view word, Section section) {
  std::vector<std::string> places;
  for (const Key& key : keys_of(section))
    if (section != Section::top && key.type == ValueType::map && find_key(key.inner, word))
      places.push_back(fmt::format("`{}`", key.name));
  if (places.empty())
    for (Section const other : all_sections())
      if (other != Section::negated_match && other != Section::transport_options &&
          other != Section::target_path && other != section && find_key(other, word))
        places.emplace_back(described(other));
  return places.empty() ? std::string() : fmt::format("`{}` belongs into {}", word, one_of(places));
}

// Reports one unknown key; gives the key that was plainly meant.
std::string report_unknown(Reader& reader, const yaml::Node& key, Section section) {
  auto const near = base::nearest(key.text, names_of(section));
  ForeignKey const foreign = foreign_key(section, key.text);
  std::string help = foreign.help;
  if (help.empty() && near)
    help = fmt::format("did you mean `{}`?", *near);
  if (help.empty())
    help = home_of(key.text, section);
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

MapView::MapView(Reader& reader, const yaml::Node& node, const Key& key, Section section)
    : node_(node) {
  if (node.is_map())
    check_keys(reader, section);
  else
    report_mismatch(reader, node, key);
}

void MapView::check_keys(Reader& reader, Section section) {
  for (const yaml::Entry& entry : node_.entries) {
    bool const ignored = takes_extensions(section) && is_extension(entry.key.text);
    if (!ignored && find_key(section, entry.key.text) == nullptr)
      meant_.push_back(report_unknown(reader, entry.key, section));
  }
  for (const Key& key : keys_of(section)) {
    // `version` has codes of its own.
    if (!key.required || key.type == ValueType::version || find(key.name) != nullptr)
      continue;
    if (!is_meant(key.name))
      reader.report(205, fmt::format("{} needs `{}`", described(section), key.name), node_);
  }
}

bool MapView::is_meant(std::string_view name) const {
  return std::find(meant_.begin(), meant_.end(), name) != meant_.end();
}

const yaml::Node& MapView::key(std::string_view name) const {
  auto const at = std::find_if(node_.entries.begin(), node_.entries.end(),
                               [&](const yaml::Entry& entry) { return entry.key.text == name; });
  assert(at != node_.entries.end());
  return at->key;
}

const yaml::Node* MapView::find(std::string_view name) const {
  for (const yaml::Entry& entry : node_.entries)
    if (entry.key.text == name)
      return &entry.value;
  return nullptr;
}

} // namespace nvmf::policy
