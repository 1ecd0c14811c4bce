// The description of a key, in words: the same in the manual's reference and in `nvmf-policy doc`.
#pragma once

#include "policy/key_table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nvmf::policy {

struct KeyReference {
  struct Fact {
    std::string_view word; // `Value`, `Range`, `Transports`, `Without it`
    std::string text;
  };
  std::string meaning;     // sentences; words of the language in backticks
  std::vector<Fact> facts; // those that the key has
  std::string example;     // `ctrl-loss-tmo: 10m`
};

KeyReference reference_of(const Key& key);

// A place of a key: `rules.connect.ctrl-loss-tmo`. Names that the administrator gives (of sets,
// profiles, identities) are left out.
struct KeyPlace {
  std::string path;
  const Key* key;
};

// Every place of every key, in the order of the manual, but for those below `not` and `tcp` …,
// which are the keys beside them once more.
std::vector<KeyPlace> all_key_places();

} // namespace nvmf::policy
