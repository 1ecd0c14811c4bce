// A map whose keys are checked against those that its kind has. Policies, policy tests, event files
// and facts are read through it, each with a table of keys of its own.
#pragma once

#include "yaml/reader.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::yaml {

// The text that a finding has beside an unknown key. Empty: nothing.
struct UnknownKey {
  std::string help;  // in place of "did you mean …?"
  std::string meant; // the key that is plainly meant, in place of the nearest one
  std::string label;
  bool is_renamed = false; // `meant` takes its place, with the same value
};

// A kind of map.
struct MapKind {
  std::string_view described; // "a rule"
  std::span<const std::string> keys;
  std::vector<std::string_view> required{};
  std::string_view preposition = "in"; // unknown key `x` in a rule
  bool takes_extensions = false;       // `x-…` keys are ignored
  std::function<UnknownKey(const std::string& key)> explain_unknown{};
};

class CheckedMap {
public:
  // Reports a node that is not a map (204), keys that the kind does not have (203, with a
  // suggestion), and required keys that are missing (205), unless an unknown key is plainly meant
  // to be one of them. A node that is not a map has no keys.
  CheckedMap(Reader& reader, const Node& node, const MapKind& kind);

  // The value of a key; null if it is not there. A value that nothing was written for is left to
  // the caller to report.
  const Node* find(std::string_view name) const;
  // The key itself; it is there.
  const Node& key(std::string_view name) const;
  // Where a finding about the map as a whole is placed: its first key, or its bracket.
  const Node& node() const { return node_; }
  bool is_map() const { return node_.is_map(); }
  // An unknown key, which was reported, is plainly meant to be this one.
  bool is_meant(std::string_view name) const;

protected:
  // Checks nothing.
  explicit CheckedMap(const Node& node) : node_(node) {}
  void check_keys(Reader& reader, const MapKind& kind);

private:
  const Entry* entry(std::string_view name) const;

  const Node& node_;
  std::vector<std::string> meant_; // keys that unknown ones are plainly meant to be
};

inline bool is_extension(std::string_view name) { return name.starts_with("x-"); }

} // namespace nvmf::yaml
