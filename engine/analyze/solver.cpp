#include "analyze/solver.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

constexpr std::size_t answers_kept = 200'000;

// A set of names hits each of `must` and none of `must_not`: all names that are not forbidden do,
// if any does.
Truth no_sources_in(const TextSet& set) {
  auto const forbidden = [&](const std::string& name) {
    return std::any_of(set.must_not.begin(), set.must_not.end(),
                       [&](const GlobUnion* names) { return names->matches(name); });
  };
  for (const GlobUnion* wanted : set.must)
    if (std::all_of(wanted->patterns().begin(), wanted->patterns().end(), forbidden))
      return Truth::yes;
  return Truth::no;
}

Truth negation(Truth truth) {
  if (truth == Truth::unknown)
    return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

} // namespace

std::size_t Solver::QuestionHash::operator()(const Question& question) const {
  std::size_t hash = reinterpret_cast<std::size_t>(question.kind);
  auto const mix = [&](const GlobUnion* globs) {
    hash = (hash ^ reinterpret_cast<std::size_t>(globs) >> 4) * 1099511628211ULL;
  };
  for (const GlobUnion* globs : question.must)
    mix(globs);
  mix(nullptr);
  for (const GlobUnion* globs : question.must_not)
    mix(globs);
  return hash;
}

Word Solver::word_in(Axis axis, const TextSet& set) {
  Question question{&space_.text_kind(axis), set.must, set.must_not};
  if (auto const known = words_.find(question); known != words_.end())
    return meter_.spend(1) ? known->second : Word{.text = std::nullopt, .known = false};
  Word word = find_word(question.must, question.must_not, *question.kind, meter_);
  if (words_.size() >= answers_kept)
    words_.clear();
  if (word.known)
    words_.emplace(std::move(question), word);
  return word;
}

Truth Solver::is_empty(Axis axis, const AxisSet& set) {
  if (const auto* numbers_of = std::get_if<NumberSet>(&set))
    return numbers_of->empty() ? Truth::yes : Truth::no;
  if (const auto* addresses = std::get_if<AddressSet>(&set))
    return addresses->empty() ? Truth::yes : Truth::no;
  const TextSet& texts = std::get<TextSet>(set);
  if (texts.unset && texts.must.empty())
    return Truth::no;
  if (!texts.text)
    return texts.unset ? Truth::no : Truth::yes;
  if (axis == Axis::source)
    return no_sources_in(texts);
  if (texts.must.empty() && texts.must_not.empty())
    return Truth::no;
  Word const word = word_in(axis, texts);
  if (!word.known)
    return Truth::unknown;
  return word.text ? Truth::no : Truth::yes;
}

Truth Solver::is_empty(const Region& region) { return subtract(region, {}).empty; }

Truth Solver::overlap(const Region& a, const Region& b) {
  if ((a.shapes & b.shapes) == 0)
    return Truth::no;
  return negation(is_empty(intersection(a, b)));
}

Truth Solver::contains(const Region& outer, const Region& inner) {
  return subtract(inner, {&outer}).empty;
}

} // namespace nvmf::analyze
