#include "analyze/glob_language.hpp"

#include <algorithm>
#include <cctype>
#include <unordered_map>

namespace nvmf::analyze {

namespace {

using Unions = std::span<const GlobUnion* const>;

bool in_alphabet(const TextKind& kind, char symbol) {
  return kind.alphabet.find(symbol) != std::string_view::npos;
}

bool fits(std::string_view text, Unions must, Unions must_not, const TextKind& kind) {
  auto const matches = [&](const GlobUnion* globs) { return globs->matches(text); };
  return text.size() <= kind.max_length && kind.form.matches(text) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return in_alphabet(kind, c); }) &&
         std::all_of(must.begin(), must.end(), matches) &&
         std::none_of(must_not.begin(), must_not.end(), matches);
}

// The pattern with `run` for each `*`, `start` for one that it begins with.
std::string filled_in(std::string_view pattern, std::string_view run, std::string_view start) {
  std::string text;
  for (char const symbol : pattern) {
    bool const in_a_word = !text.empty() && std::isalnum(static_cast<unsigned char>(text.back()));
    if (symbol == '*' && text.empty() && !start.empty())
      text += start;
    else if (symbol == '*')
      text += run == "vol1" && in_a_word ? "1" : run;
    else
      text += symbol == '?' ? '1' : symbol;
  }
  return text;
}

// A text that a reader would have thought of.
std::optional<std::string> guess(Unions must, Unions must_not, const TextKind& kind) {
  constexpr std::size_t patterns_tried = 8;
  bool const names = kind.usual != nullptr;
  std::string_view const start = names ? "nqn.2024-01.com.example" : "";
  for (std::string_view const run : {names ? "vol1" : "1", "1", "", "x9"})
    for (const GlobUnion* globs : must)
      for (std::size_t i = 0; i < std::min(patterns_tried, globs->patterns().size()); ++i)
        if (std::string text = filled_in(globs->patterns()[i], run, start);
            fits(text, must, must_not, kind))
          return text;
  for (std::string_view const text : kind.favourites)
    if (fits(text, must, must_not, kind))
      return std::string(text);
  return std::nullopt;
}

bool plainly_empty(Unions must, Unions must_not) {
  for (std::size_t i = 0; i < must.size(); ++i) {
    for (const GlobUnion* outside : must_not)
      if (outside->plainly_contains(*must[i]))
        return true;
    for (std::size_t j = i + 1; j < must.size(); ++j)
      if (must[i]->plainly_misses(*must[j]))
        return true;
  }
  return false;
}

// For each union, the states of its automaton that the text so far leads to, and a `boundary`.
using Places = std::vector<std::uint32_t>;
constexpr std::uint32_t boundary = 0xffffffffU;
// Instead of states: whatever follows, the union matches.
constexpr std::uint32_t settled = 0xfffffffeU;

struct PlacesHash {
  std::size_t operator()(const Places& places) const {
    std::size_t hash = 1469598103934665603ULL; // FNV-1a
    for (std::uint32_t const place : places)
      hash = (hash ^ place) * 1099511628211ULL;
    return hash;
  }
};

// Walks all automata at once, shortest texts first.
class Walk {
public:
  Walk(Unions must, Unions must_not, const TextKind& kind, Meter& meter)
      : kind_(kind), meter_(meter) {
    unions_.push_back(&kind.form);
    unions_.insert(unions_.end(), must.begin(), must.end());
    must_ = unions_.size();
    unions_.insert(unions_.end(), must_not.begin(), must_not.end());
  }

  Word run() {
    start();
    for (std::size_t at = 0; at < found_.size(); ++at) {
      if (!meter_.spend(steps_of(found_[at])))
        return {.text = std::nullopt, .known = false};
      if (accepts(*found_[at].places))
        return {.text = text_of(at)};
      if (found_[at].length < kind_.max_length && !go_on(at))
        return {.text = std::nullopt, .known = false};
    }
    return {};
  }

private:
  struct Found {
    const Places* places; // a key of seen_
    std::size_t parent;
    std::size_t length;
    char symbol;
  };

  // To look at all the states of a place, or to move them all on by one character: what each union
  // and each of its states cost.
  std::uint64_t steps_of(const Found& found) const {
    return 4 + 2 * unions_.size() + found.places->size();
  }

  // Calls `look(i, states)` for each union and its states.
  template <class Look>
  static void for_each_union(const Places& places, Look look) {
    std::size_t i = 0;
    for (auto first = places.begin(); first != places.end(); ++i) {
      auto const last = std::find(first, places.end(), boundary);
      look(i, std::span<const std::uint32_t>(first, last));
      first = last + 1;
    }
  }

  const GlobUnion::State& state(std::size_t i, std::uint32_t place) const {
    return unions_[i]->states()[place];
  }

  void enter(std::size_t i, std::uint32_t place, Places& states) const {
    states.push_back(place);
    if (auto const run = state(i, place).run_next; run != 0)
      enter(i, run, states);
  }

  void leave(std::size_t i, std::uint32_t place, char symbol, Places& states) const {
    const GlobUnion::State& from = state(i, place);
    if (from.runs)
      states.push_back(place);
    if (from.any_next != 0)
      enter(i, from.any_next, states);
    for (const auto& [literal, to] : from.next)
      if (literal == symbol)
        enter(i, to, states);
  }

  // Adds the states of union `i`; false if whatever follows cannot fit.
  bool append(std::size_t i, Places& states, Places& places) const {
    std::sort(states.begin(), states.end());
    states.erase(std::unique(states.begin(), states.end()), states.end());
    bool const all_match = std::any_of(states.begin(), states.end(), [&](std::uint32_t place) {
      return place == settled || (state(i, place).runs && state(i, place).accepts);
    });
    if (i < must_ ? states.empty() : all_match)
      return false;
    if (all_match)
      states.assign(1, settled);
    places.insert(places.end(), states.begin(), states.end());
    places.push_back(boundary);
    return true;
  }

  void start() {
    Places places;
    for (std::size_t i = 0; i < unions_.size(); ++i) {
      Places states;
      enter(i, 0, states);
      if (!append(i, states, places))
        return;
    }
    visit(std::move(places), {.places = nullptr, .parent = 0, .length = 0, .symbol = '\0'});
  }

  // False if the budget is spent.
  bool go_on(std::size_t at) {
    Found const from = found_[at];
    for (char const symbol : symbols_at(*from.places)) {
      if (!in_alphabet(kind_, symbol))
        continue;
      if (!meter_.spend(steps_of(from)))
        return false;
      if (auto places = after(*from.places, symbol))
        visit(std::move(*places),
              {.places = nullptr, .parent = at, .length = from.length + 1, .symbol = symbol});
    }
    return true;
  }

  std::optional<Places> after(const Places& from, char symbol) {
    Places places;
    places.reserve(from.size());
    Places& states = scratch_;
    bool fits = true;
    for_each_union(from, [&](std::size_t i, std::span<const std::uint32_t> now) {
      if (!fits)
        return;
      states.clear();
      for (std::uint32_t const place : now) {
        if (place == settled)
          states.push_back(settled);
        else
          leave(i, place, symbol, states);
      }
      fits = append(i, states, places);
    });
    return fits ? std::optional(std::move(places)) : std::nullopt;
  }

  bool accepts(const Places& places) const {
    bool fits = true;
    for_each_union(places, [&](std::size_t i, std::span<const std::uint32_t> now) {
      bool const matched = std::any_of(now.begin(), now.end(), [&](std::uint32_t place) {
        return place == settled || state(i, place).accepts;
      });
      fits = fits && matched == (i < must_);
    });
    return fits;
  }

  // The characters worth trying: those that some automaton distinguishes, and one for all others.
  // Where a union that must match has no wildcard, its own characters are enough.
  std::string symbols_at(const Places& places) const {
    std::string distinguished;
    std::optional<std::string> only;
    for_each_union(places, [&](std::size_t i, std::span<const std::uint32_t> now) {
      std::string own;
      bool any = false;
      for (std::uint32_t const place : now) {
        any = any || place == settled || state(i, place).runs || state(i, place).any_next != 0;
        if (place != settled)
          for (const auto& [symbol, to] : state(i, place).next)
            own += symbol;
      }
      if (i < must_ && !any && (!only || own.size() < only->size()))
        only = own;
      distinguished += own;
    });
    std::string symbols = only ? *only : distinguished;
    std::sort(symbols.begin(), symbols.end());
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
    auto const other = kind_.alphabet.find_first_not_of(symbols);
    if (!only && other != std::string_view::npos)
      symbols.insert(symbols.begin(), kind_.alphabet[other]);
    return symbols;
  }

  void visit(Places places, Found found) {
    auto const [entry, fresh] = seen_.try_emplace(std::move(places), found_.size());
    found.places = &entry->first;
    if (fresh)
      found_.push_back(found);
  }

  std::string text_of(std::size_t at) const {
    std::string text;
    for (; found_[at].length > 0; at = found_[at].parent)
      text += found_[at].symbol;
    std::reverse(text.begin(), text.end());
    return text;
  }

  std::vector<const GlobUnion*> unions_; // first those that must match
  std::size_t must_ = 0;
  const TextKind& kind_;
  Meter& meter_;
  std::unordered_map<Places, std::size_t, PlacesHash> seen_;
  std::vector<Found> found_;
  Places scratch_;
};

} // namespace

Word find_word(Unions must, Unions must_not, const TextKind& kind, Meter& meter) {
  if (!meter.spend(10 + must.size() + must_not.size()))
    return {.text = std::nullopt, .known = false};
  auto const literal = std::find_if(must.begin(), must.end(),
                                    [](const GlobUnion* globs) { return globs->literals_only(); });
  if (literal != must.end()) {
    for (const std::string& text : (*literal)->patterns())
      if (fits(text, must, must_not, kind))
        return {.text = text};
    return {};
  }
  if (plainly_empty(must, must_not))
    return {};
  if (auto text = guess(must, must_not, kind))
    return {.text = std::move(text)};
  Word word = Walk(must, must_not, kind, meter).run();
  if (!word.text || !kind.usual || kind.usual->matches(*word.text))
    return word;
  std::vector<const GlobUnion*> usual_too(must.begin(), must.end());
  usual_too.push_back(kind.usual);
  Word const nicer = Walk(usual_too, must_not, kind, meter).run();
  return nicer.text ? nicer : word;
}

} // namespace nvmf::analyze
