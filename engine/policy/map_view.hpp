// A map of a known kind, checked against the table of keys.
#pragma once

#include "policy/key_table.hpp"
#include "policy/reader.hpp"
#include "yaml/checked_map.hpp"

namespace nvmf::policy {

class MapView : public yaml::CheckedMap {
public:
  // Reports what is not a map as a mismatch of `key`, the one that the map is the value of; and
  // unknown and missing keys.
  MapView(Reader& reader, const yaml::Node& node, const Key& key, Section section);
};

// `x-…` keys are ignored in some kinds of map.
bool takes_extensions(Section section);
using yaml::is_extension;

} // namespace nvmf::policy
