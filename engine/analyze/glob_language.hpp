// Globs as languages: is there a text that all of these match and none of those?
//
// Inclusion, intersection and emptiness of `*`/`?` globs are decidable: globs are small automata,
// and the answer is found by walking all of them at once (the subset construction, made as far as
// the walk needs it). A text that is found is the shortest there is, or a more readable one.
#pragma once

#include "analyze/budget.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace nvmf::analyze {

// Texts that match any of some globs. Immutable; compiled to one automaton whose globs share their
// beginnings.
class GlobUnion {
public:
  explicit GlobUnion(std::vector<std::string> patterns);

  const std::vector<std::string>& patterns() const { return patterns_; }
  bool literals_only() const { return literals_only_; }
  bool matches(std::string_view text) const;
  // Every text that `other` matches is matched here, seen from the patterns' beginnings alone:
  // false means "not seen at once".
  bool plainly_contains(const GlobUnion& other) const;
  // No text is matched by both, seen likewise.
  bool plainly_misses(const GlobUnion& other) const;

  // The automaton: a tree of states. State 0 is the start.
  struct State {
    std::vector<std::pair<char, std::uint32_t>> next; // by a literal character
    std::uint32_t any_next = 0;                       // `?`; 0: none
    std::uint32_t run_next = 0;                       // `*`, entered without a character; 0: none
    bool runs = false;                                // stays on any character
    bool accepts = false;
  };
  const std::vector<State>& states() const { return states_; }

private:
  void add(std::string_view pattern);
  std::uint32_t step(std::uint32_t from, char symbol);

  std::vector<std::string> patterns_;
  std::unordered_set<std::string> literals_;
  std::vector<std::string> wild_;     // the other patterns
  std::vector<std::string> prefixes_; // the text before the first wildcard of each wild one
  std::vector<State> states_;
  bool literals_only_ = true;
};

// The forms that texts of a kind can have.
struct TextKind {
  const GlobUnion& form;     // at least `?*`
  std::string_view alphabet; // in the order in which examples like them
  std::size_t max_length;
  std::span<const std::string_view> favourites; // examples where anything goes
  const GlobUnion* usual = nullptr; // what examples look like where there is a choice: `nqn.*`
};

// NQNs as they come from the wire (base/nqn.hpp: not all begin with `nqn.`), names of network
// interfaces, of identities, of owners (as owner_text says), of hosts (in lower case), values of
// udev properties.
const TextKind& nqn_texts();
const TextKind& interface_texts();
const TextKind& identity_texts();
const TextKind& owner_texts();
const TextKind& hostname_texts();
const TextKind& property_texts();

// An owner, or none (empty), as a text on which globs can be told apart from `none`: a controller
// without an owner is met by no glob.
std::string owner_text(std::string_view owner);
std::string owner_pattern(std::string_view pattern);
std::string owner_of_text(std::string_view text);

struct Word {
  std::optional<std::string> text; // none: there is no such text, or `known` is false
  bool known = true;               // false: the budget was reached first
};

// A text of the kind that every one of `must` matches and none of `must_not`.
Word find_word(std::span<const GlobUnion* const> must, std::span<const GlobUnion* const> must_not,
               const TextKind& kind, Meter& meter);

} // namespace nvmf::analyze
