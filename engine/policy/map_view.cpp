#include "policy/map_view.hpp"

#include "base/nearest.hpp"
#include "policy/foreign.hpp"

#include <fmt/format.h>
#include <string>
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

// "a rule, a target or `defaults`".
std::string one_of(const std::vector<std::string>& places) {
  std::string out;
  for (std::size_t i = 0; i < places.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : (i + 1 == places.size() ? " or " : ", "), places[i]);
  return out;
}

// The home of a key that does not belong in this section: one of its maps, else another section.
// Empty: nowhere.
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
  return places.empty() ? std::string() : fmt::format("`{}` belongs in {}", word, one_of(places));
}

yaml::UnknownKey explain_unknown(const std::string& word, Section section) {
  ForeignKey const foreign = foreign_key(section, word);
  std::string help = foreign.help;
  if (help.empty())
    help = base::suggestion(word, names_of(section));
  if (help.empty())
    help = home_of(word, section);
  if (help.empty() && is_extension(word))
    help = "`x-` keys belong at the top level and beside the `name` of a rule, guard or target";
  return {.help = std::move(help),
          .meant = std::string(foreign.meant),
          .label = std::string(label_for(section)),
          .is_renamed = foreign.is_renamed};
}

yaml::MapKind kind_of(Section section) {
  yaml::MapKind kind{.described = described(section),
                     .keys = names_of(section),
                     .preposition = section == Section::top ? "at" : "in",
                     .takes_extensions = takes_extensions(section),
                     .explain_unknown = [section](const std::string& word) {
                       return explain_unknown(word, section);
                     }};
  // `version` has codes of its own.
  for (const Key& key : keys_of(section))
    if (key.required && key.type != ValueType::version)
      kind.required.push_back(key.name);
  return kind;
}

} // namespace

bool takes_extensions(Section section) {
  return section == Section::top || section == Section::rule || section == Section::guard ||
         section == Section::target;
}

MapView::MapView(Reader& reader, const yaml::Node& node, const Key& key, Section section)
    : CheckedMap(node) {
  if (node.is_map())
    check_keys(reader, kind_of(section));
  else
    report_mismatch(reader, node, key);
}

} // namespace nvmf::policy
