// A map of a known kind, checked against the table of keys.
#pragma once

#include "policy/key_table.hpp"
#include "policy/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::policy {

class MapView {
public:
  // Reports what is no map (204), keys that the table does not have (203, with a suggestion), and
  // required keys that are missing (205), unless an unknown key is plainly meant to be one of them.
  // `key` is the one that the map is the value of.
  MapView(Reader& reader, const yaml::Node& node, const Key& key, Section section);

  // The value of a key; null if it is not there. A value that nothing was written for is reported
  // once, by whoever reads it.
  const yaml::Node* find(std::string_view name) const;
  // The key itself; it is there.
  const yaml::Node& key(std::string_view name) const;
  // Where a finding about the map as a whole stands: its first key, or its bracket.
  const yaml::Node& node() const { return node_; }
  bool is_map() const { return node_.is_map(); }
  // An unknown key, which was reported, is plainly meant to be this one.
  bool is_meant(std::string_view name) const;

private:
  void check_keys(Reader& reader, Section section);

  const yaml::Node& node_;
  std::vector<std::string> meant_; // keys that unknown ones are plainly meant to be
};

// `x-…` keys are ignored in some kinds of map.
bool takes_extensions(Section section);
inline bool is_extension(std::string_view name) { return name.starts_with("x-"); }

} // namespace nvmf::policy
