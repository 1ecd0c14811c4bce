// Paths by the words that people have for them: what `resume`, `cancel` and `disconnect` take.
#pragma once

#include "execute/state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::service {

enum class NameKind : std::uint8_t { id, target, device, address, subsystem };
std::string_view to_string(NameKind kind); // `a target`

// Into the states that were asked; valid as long as they are.
struct NamedPath {
  const execute::State* state = nullptr;
  const execute::PathRecord* path = nullptr;
  bool operator==(const NamedPath&) const = default;
};

// A word as the name of one kind of thing.
struct Meaning {
  NameKind kind = NameKind::id;
  std::vector<const execute::State*> sources; // that it names, or that have such a path
  // Those that it names, and all of the sources that it names.
  std::vector<NamedPath> paths;
  // Those of `paths` that are themselves at the address, the device or of the subsystem; all of
  // those of an id or a target.
  std::vector<NamedPath> own_paths;
};

// The kinds of things that have this name, in the order of NameKind; none for an unknown name.
// Those that come to the same paths and sources as an earlier one are left out: where more than one
// is left, the word has several meanings.
std::vector<Meaning> meanings(const std::vector<execute::State>& states, const std::string& name);

} // namespace nvmf::service
