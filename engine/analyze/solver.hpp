// Which of these sets are empty, and is a region covered by others?
#pragma once

#include "analyze/budget.hpp"
#include "analyze/region.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace nvmf::analyze {

// Three-valued, because a budget may end before the answer is known.
enum class Truth : std::uint8_t { no, yes, unknown };

// The rest of a region once others were taken away.
struct Remainder {
  Truth empty = Truth::unknown;
  Cell cell;                         // if not empty: a part of what is left
  std::vector<std::size_t> covering; // if empty: indices of regions that together cover it
};

class Solver {
public:
  Solver(const EventSpace& space, const Budget& budget) : space_(space), meter_(budget) {}

  Meter& meter() { return meter_; }
  const EventSpace& space() const { return space_; }

  Truth is_empty(Axis axis, const AxisSet& set);
  // No event is in the region.
  Truth is_empty(const Region& region);
  // Some event is in both.
  Truth overlap(const Region& a, const Region& b);
  // Every event of `inner` is in `outer`.
  Truth contains(const Region& outer, const Region& inner);

  // `region` without all of `others`.
  Remainder subtract(const Region& region, const std::vector<const Region*>& others);

  // A text in the set; `known` is false if the budget was reached.
  Word word_in(Axis axis, const TextSet& set);

private:
  class Subtraction;
  friend class Subtraction;

  // The answers to questions about texts, which come again and again.
  struct Question {
    const TextKind* kind;
    std::vector<const GlobUnion*> must;
    std::vector<const GlobUnion*> must_not;
    bool operator==(const Question&) const = default;
  };
  struct QuestionHash {
    std::size_t operator()(const Question& question) const;
  };

  const EventSpace& space_;
  Meter meter_;
  std::unordered_map<Question, Word, QuestionHash> words_;
};

} // namespace nvmf::analyze
